package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes ad accounts, claimed websites, commerce integrations and their logs. */
final class BusinessWrites {
  private static final long FIRST_AD_ACCOUNT = 549_780_000_000L;
  private static final long FIRST_INTEGRATION = 7_400_000_000_000L;
  private static final int AD_ACCOUNTS_MAX = 50;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> INTEGRATION_TEXTS =
      List.of(
          "external_business_id",
          "connected_merchant_id",
          "connected_advertiser_id",
          "connected_lba_id",
          "connected_tag_id",
          "partner_access_token",
          "partner_refresh_token",
          "partner_primary_email",
          "partner_access_token_expiry",
          "partner_refresh_token_expiry",
          "scopes",
          "additional_id_1",
          "partner_metadata");

  private final World world;
  private final ReadApi reading;
  private final WorldChanges changes;

  BusinessWrites(World world, ReadApi reading, WorldChanges changes) {
    this.world = world;
    this.reading = reading;
    this.changes = changes;
  }

  SimulatedResponse createAdAccount(WriteCall write) {
    JsonNode body = write.body(Bodies.AD_ACCOUNT);
    Person owner = write.user();
    if (body.has("owner_user_id") && body.get("owner_user_id").asLong() != owner.id) {
      throw new ApiFailure(403, 29, "You are not permitted to create accounts for that user");
    }
    long own = world.adAccounts.values().stream().filter(each -> each.owner() == owner).count();
    if (own >= AD_ACCOUNTS_MAX) {
      throw ApiFailure.invalid("A user has at most " + AD_ACCOUNTS_MAX + " ad accounts");
    }
    long id = changes.nextId(FIRST_AD_ACCOUNT);
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("name", body.path("name").asText(owner.username));
    json.putObject("owner").put("username", owner.username).put("id", Long.toString(owner.id));
    json.put("country", body.path("country").asText("US"));
    json.put("currency", body.path("currency").asText("USD"));
    json.putArray("permissions");
    json.put("created_time", write.seconds());
    json.put("updated_time", write.seconds());
    changes.put("adAccount", write, owner, id, json);
    return WriteCall.json(WriteCall.created(id), json);
  }

  /** Claims a website. That its owner published the code is taken for granted. */
  SimulatedResponse createWebsite(WriteCall write) {
    JsonNode body = write.body(Bodies.WEBSITE);
    Person owner = reading.operationUser(write.call(), write.user());
    String website = normalized(body.get("website").asText());
    ObjectNode json = Records.website(website, "success", write.seconds());
    changes.put("website", write, owner, website(owner, website).orElse(changes.nextId(0)), json);
    return WriteCall.json(200, json);
  }

  SimulatedResponse deleteWebsite(WriteCall write) {
    Person owner = write.user();
    long id =
        website(owner, normalized(write.call().need("website")))
            .orElseThrow(() -> new ApiFailure(404, 404, "The website is not in the user's list"));
    changes.write(write.change("unwebsite", owner).put("id", id), write.now());
    return WriteCall.gone();
  }

  private static Optional<Long> website(Person owner, String website) {
    return owner.websites.entrySet().stream()
        .filter(entry -> entry.getValue().path("website").asText().equals(website))
        .map(java.util.Map.Entry::getKey)
        .findFirst();
  }

  private static String normalized(String website) {
    return website.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "").replaceFirst("/$", "");
  }

  SimulatedResponse createCommerce(WriteCall write) {
    JsonNode body = write.body(Bodies.COMMERCE_CREATE);
    Person owner = write.user();
    boolean taken =
        owner.integrations.values().stream()
            .anyMatch(
                each -> each.path("external_business_id").equals(body.get("external_business_id")));
    if (taken) {
      throw new ApiFailure(409, 4182, "There is an integration with this external_business_id");
    }
    long id = changes.nextId(FIRST_INTEGRATION);
    ObjectNode json = JSON.objectNode();
    json.put("id", Long.toString(id));
    json.put("connected_user_id", Long.toString(owner.id));
    for (String name : INTEGRATION_TEXTS) {
      json.set(name, body.has(name) ? body.get(name) : json.nullNode());
    }
    json.put("created_time", write.seconds());
    json.put("updated_time", write.seconds());
    changes.put("commerce", write, owner, id, json);
    return WriteCall.json(200, Records.commerce(json));
  }

  SimulatedResponse updateCommerce(WriteCall write) {
    JsonNode body = write.body(Bodies.COMMERCE_UPDATE);
    Person owner = write.user();
    ObjectNode json = commerce(write).deepCopy();
    json.setAll((ObjectNode) body);
    json.put("updated_time", write.seconds());
    changes.put("commerce", write, owner, json.get("id").asLong(), json);
    return WriteCall.json(200, Records.commerce(json));
  }

  SimulatedResponse deleteCommerce(WriteCall write) {
    long id = commerce(write).path("id").asLong();
    changes.write(write.change("uncommerce", write.user()).put("id", id), write.now());
    return WriteCall.gone();
  }

  private static ObjectNode commerce(WriteCall write) {
    return ReadApi.commerce(write.user(), write.call().pathText("external_business_id"));
  }

  /** Takes logs and keeps none of them: nothing of the API gives them back. */
  SimulatedResponse createLogs(WriteCall write) {
    JsonNode body = write.body(Bodies.LOGS);
    return WriteCall.json(
        200, JSON.objectNode().put("message", "Received " + body.get("logs").size() + " logs"));
  }
}
