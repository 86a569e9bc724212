package io.pinferry.http;

import io.pinferry.http.Caller.Kind;

/**
 * The permission table: the callers of each class of routes. A frontend key is in the source of a
 * web page. So it may only do the same as the published component: connect, install, configure,
 * reconnect and uninstall, and list the things of one named group. The holder of a JWT may do the
 * same for one customer: see {@link Caller#sees}.
 */
public enum Permission {
  /** See providers, which the connect screen needs first. */
  PROVIDER_READ(Audience.ANYONE),
  /** Come back from Pinterest's consent page; the state in the query is the credential. */
  OAUTH_CALLBACK(Audience.ANYONE),
  /** Send a zip for a deployment; the signature in the query is the credential. */
  UPLOAD(Audience.ANYONE),
  /** See the documentation of the doors. */
  DOCUMENTATION_READ(Audience.ANYONE),
  /** Load the console's files; all that it shows it asks for with a key. */
  CONSOLE(Audience.ANYONE),

  /** Fetch the records of a link; its signature is the credential. */
  RESULT_READ(Audience.ANYONE),

  /** List the projects of the caller, without a project in the path. */
  PROJECT_LIST(Audience.BACK_ENDS),
  PROJECT_CREATE(Audience.OPERATOR),
  PROJECT_READ(Audience.PAGES),
  PROJECT_CHANGE(Audience.BACK_ENDS),
  PROJECT_DELETE(Audience.OPERATOR),

  /** Move tokens from one store to the other. */
  TOKEN_MOVE(Audience.OPERATOR),

  /** See and change provider apps, which have client ids. */
  PROVIDER_APP(Audience.BACK_ENDS),

  /** List integrations. The component does so without a group. */
  INTEGRATION_LIST(Audience.PAGES),
  INTEGRATION_READ(Audience.BACK_ENDS),
  /** Upload and deploy manifests, and delete integrations. */
  INTEGRATION_DEPLOY(Audience.BACK_ENDS),
  /** See a revision with the fields of a connection. */
  REVISION_HYDRATE(Audience.PAGES),

  /** List an integration's installations. */
  INSTALLATION_LIST(Audience.PAGES_WITH_GROUP),
  /** List the installations of all integrations. The component never does so. */
  INSTALLATION_LIST_ALL(Audience.BACK_ENDS),
  INSTALLATION_READ(Audience.BACK_ENDS),
  INSTALLATION_CREATE(Audience.PAGES),
  /** Install as another installation was, perhaps of another stack. */
  INSTALLATION_IMPORT(Audience.BACK_ENDS),
  INSTALLATION_CHANGE(Audience.PAGES),
  INSTALLATION_DELETE(Audience.PAGES),
  /** Change single members of an object's config, pause and unpause. */
  INSTALLATION_OPERATE(Audience.BACK_ENDS),

  CONNECTION_LIST(Audience.PAGES_WITH_GROUP),
  /** See one connection. This route can show its tokens. */
  CONNECTION_READ(Audience.BACK_ENDS),
  /** Begin to connect. The project is in the body, see {@link RouteCall#ownProject}. */
  CONNECTION_START(Audience.PAGES),
  /** Begin to connect the same connection again. */
  CONNECTION_RESTART(Audience.PAGES),
  /**
   * Import tokens or change a connection. The component changes metadata only for other providers.
   */
  CONNECTION_CHANGE(Audience.BACK_ENDS),
  CONNECTION_DELETE(Audience.PAGES),

  /** See operations, their logs, and the progress of backfills. */
  OPERATION_READ(Audience.BACK_ENDS),
  /** See dead letters, and send them again. */
  DEAD_LETTER(Audience.BACK_ENDS),
  /** See fields of objects. */
  METADATA_READ(Audience.BACK_ENDS),

  API_KEY(Audience.BACK_ENDS),
  JWT_KEY(Audience.BACK_ENDS),
  /** See and change destinations, and read their signing keys. */
  DESTINATION(Audience.BACK_ENDS),
  /** See and change topics and the routes of notifications. */
  NOTIFICATION(Audience.BACK_ENDS),
  /** See and make groups and consumers. Older clients make them. */
  GROUP(Audience.BACK_ENDS),
  /** Remove all of a customer. */
  GROUP_REMOVE(Audience.BACK_ENDS),

  READ_TRIGGER(Audience.BACK_ENDS),
  WRITE(Audience.BACK_ENDS),
  PROXY(Audience.BACK_ENDS);

  /** The callers with a permission. Each audience includes the ones below it. */
  private enum Audience {
    /** Everyone, without a credential. */
    ANYONE,
    /** Web pages, with JWTs, or keys of the scope {@code frontend}. */
    PAGES,
    /** Web pages, but a request with a key of the scope {@code frontend} must name one group. */
    PAGES_WITH_GROUP,
    /** Back ends, with keys of the scope {@code full}. */
    BACK_ENDS,
    /** Only the operator. */
    OPERATOR
  }

  private final Audience audience;

  Permission(Audience audience) {
    this.audience = audience;
  }

  /** Returns whether callers of this kind have this permission. */
  public boolean allows(Kind kind) {
    return switch (kind) {
      case ADMIN -> true;
      case FULL -> audience != Audience.OPERATOR;
      case FRONTEND, CONSUMER ->
          switch (audience) {
            case ANYONE, PAGES, PAGES_WITH_GROUP -> true;
            case BACK_ENDS, OPERATOR -> false;
          };
      case SHUT_FRONTEND, ANONYMOUS -> audience == Audience.ANYONE;
    };
  }

  /** Returns whether the route is open. Then credentials are ignored. */
  public boolean open() {
    return audience == Audience.ANYONE;
  }

  /** Returns whether a caller of this kind must name a group in the query. */
  public boolean needsGroup(Kind kind) {
    return audience == Audience.PAGES_WITH_GROUP && kind == Kind.FRONTEND;
  }
}
