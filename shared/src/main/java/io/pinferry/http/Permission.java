package io.pinferry.http;

import io.pinferry.http.Caller.Kind;

/**
 * The permission table: each class of routes, and who may use it. A frontend key stands in the
 * source of a web page, so it may do what the published component does to connect, install,
 * configure, reconnect and uninstall, and nothing else; where the component lists what belongs to
 * groups it must name one. The holder of a JWT may do the same, confined to one customer: see
 * {@link Caller#sees}.
 */
public enum Permission {
  /** See providers: what the connect screen needs before anyone is known. */
  PROVIDER_READ(Audience.ANYONE),
  /** Come back from Pinterest's consent page; the state in the query is the credential. */
  OAUTH_CALLBACK(Audience.ANYONE),
  /** Send a zip to be deployed; the signature in the query is the credential. */
  UPLOAD(Audience.ANYONE),
  /** See how the doors are asked. */
  DOCUMENTATION_READ(Audience.ANYONE),

  /** Fetch what a message links to; the link's signature is the credential. */
  RESULT_READ(Audience.ANYONE),

  /** List the projects that the caller reaches; no project in the path. */
  PROJECT_LIST(Audience.BACK_ENDS),
  PROJECT_CREATE(Audience.OPERATOR),
  PROJECT_READ(Audience.PAGES),
  PROJECT_CHANGE(Audience.BACK_ENDS),
  PROJECT_DELETE(Audience.OPERATOR),

  /** Provider apps, whose list names client ids. */
  PROVIDER_APP(Audience.BACK_ENDS),

  /** List integrations: the component does so without a group. */
  INTEGRATION_LIST(Audience.PAGES),
  INTEGRATION_READ(Audience.BACK_ENDS),
  /** Deploy manifests, delete integrations, and the upload that a deploy begins with. */
  INTEGRATION_DEPLOY(Audience.BACK_ENDS),
  /** See a revision with the fields that a connection offers. */
  REVISION_HYDRATE(Audience.PAGES),

  /** List an integration's installations. */
  INSTALLATION_LIST(Audience.PAGES_WITH_GROUP),
  /** List the installations of all integrations, which the component never does. */
  INSTALLATION_LIST_ALL(Audience.BACK_ENDS),
  INSTALLATION_READ(Audience.BACK_ENDS),
  INSTALLATION_CREATE(Audience.PAGES),
  INSTALLATION_CHANGE(Audience.PAGES),
  INSTALLATION_DELETE(Audience.PAGES),
  /** Change single places of an object's config, pause and unpause. */
  INSTALLATION_OPERATE(Audience.BACK_ENDS),

  CONNECTION_LIST(Audience.PAGES_WITH_GROUP),
  /** See one connection: this is the route that can show its tokens. */
  CONNECTION_READ(Audience.BACK_ENDS),
  /** Begin to connect; the project is named in the body, see {@link RouteCall#ownProject}. */
  CONNECTION_START(Audience.PAGES),
  /** Begin to connect the same connection again. */
  CONNECTION_RESTART(Audience.PAGES),
  /**
   * Import tokens or change a connection. The component changes metadata only of providers that ask
   * for some, which Pinterest does not.
   */
  CONNECTION_CHANGE(Audience.BACK_ENDS),
  CONNECTION_DELETE(Audience.PAGES),

  /** Operations, their logs, and the progress of backfills. */
  OPERATION_READ(Audience.BACK_ENDS),
  /** See what was not delivered, and send it again. */
  DEAD_LETTER(Audience.BACK_ENDS),
  /** Fields of objects. */
  METADATA_READ(Audience.BACK_ENDS),

  API_KEY(Audience.BACK_ENDS),
  JWT_KEY(Audience.BACK_ENDS),
  /** Destinations, whose signing keys can be read. */
  DESTINATION(Audience.BACK_ENDS),
  /** Topics and the routes of notifications. */
  NOTIFICATION(Audience.BACK_ENDS),
  /** Groups and consumers, which older clients make by themselves. */
  GROUP(Audience.BACK_ENDS),

  READ_TRIGGER(Audience.BACK_ENDS),
  WRITE(Audience.BACK_ENDS),
  PROXY(Audience.BACK_ENDS);

  /** Those who have a permission; each audience includes the ones below it. */
  private enum Audience {
    /** Everyone, without a credential. */
    ANYONE,
    /** Web pages too, with JWTs, or keys of the scope {@code frontend}. */
    PAGES,
    /** The same, but a key of the scope {@code frontend} must name one group. */
    PAGES_WITH_GROUP,
    /** Back ends, with keys of the scope {@code full}. */
    BACK_ENDS,
    /** The operator alone. */
    OPERATOR
  }

  private final Audience audience;

  Permission(Audience audience) {
    this.audience = audience;
  }

  /** Tells whether callers of this kind have this permission. */
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

  /** Tells whether the route is open, so that a credential is not even looked at. */
  public boolean open() {
    return audience == Audience.ANYONE;
  }

  /** Tells whether a caller of this kind must name a group in the query. */
  public boolean needsGroup(Kind kind) {
    return audience == Audience.PAGES_WITH_GROUP && kind == Kind.FRONTEND;
  }
}
