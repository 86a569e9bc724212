package io.pinferry.local.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes pins, boards and board sections. */
final class OrganicWrites {
  private static final long FIRST_PIN = 1_099_500_000_000_000_000L;
  private static final long FIRST_BOARD = 549_800_000_000_000_000L;
  private static final long FIRST_SECTION = 5_100_000_000_000_000_000L;

  private final World world;
  private final ReadApi reading;
  private final WorldChanges changes;
  private final boolean trialTier;

  OrganicWrites(World world, ReadApi reading, WorldChanges changes, boolean trialTier) {
    this.world = world;
    this.reading = reading;
    this.changes = changes;
    this.trialTier = trialTier;
  }

  SimulatedResponse createPin(WriteCall write) {
    JsonNode body = write.body(Bodies.PIN_CREATE);
    if (trialTier) {
      throw new ApiFailure(403, 29, "Apps with Trial access may not create pins in production");
    }
    Person operator = reading.operationUser(write.call(), write.user());
    Board board = boardFor(body, operator, write);
    Board.Section section = sectionFor(body, board);
    if (body.hasNonNull("parent_pin_id")) {
      reading.pin(body.get("parent_pin_id").asLong(), operator, write.session());
    }
    long id = changes.nextId(FIRST_PIN);
    ObjectNode members = JsonNodeFactory.instance.objectNode();
    for (String name :
        List.of("title", "description", "alt_text", "link", "dominant_color", "parent_pin_id")) {
      members.set(name, body.hasNonNull(name) ? body.get(name) : members.nullNode());
    }
    JsonNode source = body.get("media_source");
    members.put("creative_type", "REGULAR");
    members.put("has_been_promoted", false);
    members.put("is_standard", source.path("is_standard").asBoolean(true));
    members.put("is_product", source.path("source_type").asText().equals("pin_url"));
    members.set("media", media(source, members, id, write));
    putPin(write, id, id, write.seconds(), board, section, operator, members);
    return pin(WriteCall.created(id), id, operator);
  }

  /** Makes the medium of a new pin, and sets its creative type. */
  private static ObjectNode media(JsonNode source, ObjectNode pin, long hash, WriteCall write) {
    ObjectNode media = JsonNodeFactory.instance.objectNode();
    switch (source.path("source_type").asText()) {
      case "multiple_image_base64", "multiple_image_urls" -> {
        if (source.path("index").asInt() >= source.path("items").size()) {
          throw ApiFailure.invalid("Invalid media_source.index: there are fewer items");
        }
        pin.put("creative_type", "CAROUSEL");
        media.put("media_type", "multiple_images");
        ArrayNode items = media.putArray("items");
        for (JsonNode each : source.path("items")) {
          ObjectNode item = items.addObject().put("item_type", "image");
          for (String name : List.of("title", "description", "link")) {
            item.set(name, each.has(name) ? each.get(name) : item.nullNode());
          }
          item.set("images", images(hash + items.size()));
        }
      }
      case "video_id" -> {
        requireVideo(source, write);
        pin.put("creative_type", "VIDEO");
        media.put("media_type", "video");
        String cover = source.path("cover_image_url").asText(PinRow.imageUrl("originals", hash));
        media.put("cover_image_url", cover);
        media.put("duration", 10_000).put("height", 1_920).put("width", 1_080);
        media.putNull("video_url");
        media.set("images", images(hash));
      }
      case "pin_url" -> {
        if (pin.path("link").isNull()) {
          throw ApiFailure.invalid("Missing member 'link': a pin from an address needs it");
        }
        media.put("media_type", "image").set("images", images(hash));
      }
      default -> media.put("media_type", "image").set("images", images(hash));
    }
    return media;
  }

  private static void requireVideo(JsonNode source, WriteCall write) {
    JsonNode video = write.user().media.get(source.path("media_id").asLong());
    if (video == null) {
      throw new ApiFailure(404, 404, "Media not found");
    }
    String status = video.path("status").asText();
    if (!status.equals("succeeded")) {
      throw ApiFailure.invalid("Invalid media_source.media_id: the video is " + status);
    }
    long covers =
        List.of("cover_image_url", "cover_image_data", "cover_image_key_frame_time").stream()
            .filter(source::has)
            .count();
    if (covers != 1) {
      throw ApiFailure.invalid("Invalid media_source: a video needs exactly one cover image");
    }
    if (source.has("cover_image_data") != source.has("cover_image_content_type")) {
      throw ApiFailure.invalid(
          "Invalid media_source: cover_image_data and cover_image_content_type go together");
    }
  }

  private static ObjectNode images(long hash) {
    ObjectNode images = JsonNodeFactory.instance.objectNode();
    image(images, "150x150", 150, 150, hash);
    image(images, "400x300", 400, 300, hash);
    image(images, "600x", 600, 900, hash);
    image(images, "1200x", 1_200, 1_800, hash);
    return images;
  }

  private static void image(ObjectNode images, String size, int width, int height, long hash) {
    images
        .putObject(size)
        .put("width", width)
        .put("height", height)
        .put("url", PinRow.imageUrl(size, Mix.mix(hash)));
  }

  SimulatedResponse updatePin(WriteCall write) {
    JsonNode body = write.body(Bodies.PIN_UPDATE);
    Person operator = reading.operationUser(write.call(), write.user());
    Pin pin = ownPin(write, operator);
    Board board = body.has("board_id") ? boardFor(body, operator, write) : pin.board();
    Board.Section section;
    if (body.has("board_section_id")) {
      section = sectionFor(body, board);
    } else {
      section = board == pin.board() ? pin.section() : null;
    }
    ObjectNode members = pin.writtenCopy();
    for (String name : List.of("title", "description", "alt_text", "link")) {
      if (body.has(name)) {
        members.set(name, body.get(name));
      }
    }
    if (body.has("carousel_slots")) {
      members.set("media", withSlots(pin, operator, body.get("carousel_slots")));
    }
    putPin(write, pin.id(), pin.hash(), pin.createdSeconds(), board, section, pin.owner(), members);
    return pin(200, pin.id(), operator);
  }

  private JsonNode withSlots(Pin pin, Person operator, JsonNode slots) {
    JsonNode media = world.row(pin, operator, false).json().get("media");
    JsonNode items = media.path("items");
    if (!"CAROUSEL".equals(pin.creativeType()) || items.size() != slots.size()) {
      throw ApiFailure.invalid(
          "Invalid carousel_slots: the pin has " + items.size() + " images in a carousel");
    }
    JsonNode changed = media.deepCopy();
    for (int i = 0; i < slots.size(); i++) {
      ((ObjectNode) changed.path("items").get(i)).setAll((ObjectNode) slots.get(i));
    }
    return changed;
  }

  SimulatedResponse deletePin(WriteCall write) {
    Person operator = reading.operationUser(write.call(), write.user());
    Pin pin = ownPin(write, operator);
    changes.write(write.change("unpin", operator).put("id", pin.id()), write.now());
    return WriteCall.gone();
  }

  /** Copies a pin the user sees onto a board of the user. */
  SimulatedResponse savePin(WriteCall write) {
    JsonNode body = write.body(Bodies.PIN_SAVE);
    Person operator = reading.operationUser(write.call(), write.user());
    Pin source =
        world
            .pin(write.call().pathId("pin_id"))
            .orElseThrow(() -> new ApiFailure(404, 50, "Pin not found"));
    if (source.board().isSecret() && !operator.boards.containsKey(source.board().id)) {
      throw new ApiFailure(403, 29, "You are not permitted to access that resource");
    }
    if (!body.hasNonNull("board_id")) {
      throw ApiFailure.invalid("Missing member 'board_id': there is no board to save to");
    }
    Board board = boardFor(body, operator, write);
    Board.Section section = sectionFor(body, board);
    ObjectNode members = source.writtenCopy();
    members.put("parent_pin_id", Long.toString(source.id()));
    members.put("has_been_promoted", false);
    long id = changes.nextId(FIRST_PIN);
    putPin(write, id, source.hash(), write.seconds(), board, section, operator, members);
    return pin(WriteCall.created(id), id, operator);
  }

  private void putPin(
      WriteCall write,
      long id,
      long hash,
      long createdSeconds,
      Board board,
      Board.@Nullable Section section,
      Person owner,
      ObjectNode members) {
    ObjectNode change =
        write
            .change("pin", owner)
            .put("id", id)
            .put("hash", hash)
            .put("created", createdSeconds)
            .put("board", board.id)
            .put("section", section == null ? 0 : section.id());
    change.set("json", members);
    changes.write(change, write.now());
  }

  private SimulatedResponse pin(int status, long id, Person operator) {
    Pin pin = world.pin(id).orElseThrow();
    return WriteCall.json(status, world.row(pin, operator, false).json());
  }

  private Pin ownPin(WriteCall write, Person operator) {
    Pin pin = reading.pin(write.call().pathId("pin_id"), operator, write.session());
    if (pin.owner() != operator) {
      throw new ApiFailure(401, 7, "Not authorized to access the pin");
    }
    if (pin.board().isSecret()) {
      write.requireScope("pins:write_secret");
    }
    return pin;
  }

  private Board boardFor(JsonNode body, Person operator, WriteCall write) {
    Board board = reading.board(body.get("board_id").asLong(), operator, write.session());
    if (board.isSecret()) {
      write.requireScope("pins:write_secret");
    }
    return board;
  }

  private Board.@Nullable Section sectionFor(JsonNode body, Board board) {
    return body.hasNonNull("board_section_id")
        ? reading.section(board, body.get("board_section_id").asLong())
        : null;
  }

  SimulatedResponse createBoard(WriteCall write) {
    JsonNode body = write.body(Bodies.BOARD_CREATE);
    Person operator = reading.operationUser(write.call(), write.user());
    boolean adsOnly = body.path("is_ads_only").asBoolean();
    String privacy = adsOnly ? "PROTECTED" : body.path("privacy").asText("PUBLIC");
    String name = adsOnly ? "Ad-only Pins" : body.get("name").asText();
    if (privacy.equals("SECRET")) {
      write.requireScope("boards:write_secret");
    }
    if (!adsOnly) {
      refuseTakenName(name, operator, null);
    }
    long id = changes.nextId(FIRST_BOARD);
    putBoard(write, id, operator, name, privacy, description(body));
    return board(WriteCall.created(id), id);
  }

  SimulatedResponse updateBoard(WriteCall write) {
    JsonNode body = write.body(Bodies.BOARD_UPDATE);
    Person operator = reading.operationUser(write.call(), write.user());
    Board board = ownBoard(write, operator);
    if (board.privacy == Board.Privacy.PROTECTED && body.has("privacy")) {
      throw ApiFailure.invalid("Invalid privacy: that of an ad-only board cannot change");
    }
    String privacy = body.path("privacy").asText(board.privacy.name());
    if (privacy.equals("SECRET")) {
      write.requireScope("boards:write_secret");
    }
    String name = body.path("name").asText(board.name);
    refuseTakenName(name, operator, board);
    String description = body.has("description") ? description(body) : board.description;
    putBoard(write, board.id, board.owner, name, privacy, description);
    return board(200, board.id);
  }

  SimulatedResponse deleteBoard(WriteCall write) {
    Person operator = reading.operationUser(write.call(), write.user());
    Board board = ownBoard(write, operator);
    changes.write(write.change("unboard", operator).put("board", board.id), write.now());
    return WriteCall.gone();
  }

  private static @Nullable String description(JsonNode body) {
    return body.hasNonNull("description") ? body.get("description").asText() : null;
  }

  private void putBoard(
      WriteCall write,
      long id,
      Person owner,
      String name,
      String privacy,
      @Nullable String description) {
    changes.write(
        write
            .change("board", owner)
            .put("board", id)
            .put("name", name)
            .put("privacy", privacy)
            .put("description", description),
        write.now());
  }

  private static void refuseTakenName(String name, Person operator, @Nullable Board except) {
    boolean taken =
        operator.boards.values().stream()
            .anyMatch(
                board ->
                    board != except
                        && board.owner == operator
                        && board.name.equalsIgnoreCase(name));
    if (taken && (except == null || !except.name.equals(name))) {
      throw new ApiFailure(400, 58, "You already have a board with this name");
    }
  }

  private Board ownBoard(WriteCall write, Person operator) {
    Board board = reading.board(write.call().pathId("board_id"), operator, write.session());
    if (board.owner != operator) {
      throw new ApiFailure(401, 7, "Not authorized to access the board");
    }
    if (board.isSecret()) {
      write.requireScope("boards:write_secret");
    }
    return board;
  }

  private SimulatedResponse board(int status, long id) {
    return WriteCall.json(status, world.boardJson(Objects.requireNonNull(world.boards.get(id))));
  }

  SimulatedResponse putSection(WriteCall write, boolean create) {
    JsonNode body = write.body(Bodies.SECTION);
    Person operator = reading.operationUser(write.call(), write.user());
    Board board = sectionsBoard(write, operator);
    long id =
        create
            ? changes.nextId(FIRST_SECTION)
            : reading.section(board, write.call().pathId("section_id")).id();
    ObjectNode change = write.change("section", operator).put("board", board.id).put("id", id);
    change.set("name", body.get("name"));
    changes.write(change, write.now());
    return WriteCall.json(create ? 201 : 200, Records.section(reading.section(board, id)));
  }

  SimulatedResponse deleteSection(WriteCall write) {
    Person operator = reading.operationUser(write.call(), write.user());
    Board board = sectionsBoard(write, operator);
    Board.Section section = reading.section(board, write.call().pathId("section_id"));
    changes.write(
        write.change("unsection", operator).put("board", board.id).put("id", section.id()),
        write.now());
    return WriteCall.gone();
  }

  /** Every collaborator of a board may sort its pins. */
  private Board sectionsBoard(WriteCall write, Person operator) {
    Board board = reading.board(write.call().pathId("board_id"), operator, write.session());
    if (board.isSecret()) {
      write.requireScope("boards:write_secret");
    }
    return board;
  }
}
