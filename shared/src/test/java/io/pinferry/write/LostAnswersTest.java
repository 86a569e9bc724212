package io.pinferry.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Json;
import io.pinferry.base.ManualClock;
import io.pinferry.base.PinferryException.ProviderUnavailable;
import io.pinferry.base.SteppingTasks;
import io.pinferry.directory.DirectoryFixtures;
import io.pinferry.net.HttpAnswer;
import io.pinferry.net.HttpCall;
import io.pinferry.net.TransportFailure;
import io.pinferry.write.WriteWorld.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Batches of a hundred against a Pinterest that answers as badly as it can. After each batch
 * nothing exists twice, and the result of each record is true.
 */
final class LostAnswersTest {
  private static final int RECORDS = 100;

  /** The number of seeds of each of ten tests. The simulation runs new seeds, and far more. */
  private static final int SEEDS_A_TEST = 20;

  static LongStream tens() {
    return LongStream.range(0, 10);
  }

  /** The process is killed: no code runs after this. */
  private static final class Kill extends Error {}

  /** A Pinterest that stores what is created, even if the answer is lost. */
  private static final class UnreliablePinterest {
    private final SplittableRandom random;
    private final ManualClock clock;
    private final int badPercent;
    private final List<ObjectNode> there = new ArrayList<>();
    private int killsLeft;

    UnreliablePinterest(SplittableRandom random, ManualClock clock) {
      this.random = random;
      this.clock = clock;
      this.badPercent = random.nextInt(60);
    }

    ObjectNode add(JsonNode body) {
      ObjectNode created = body.deepCopy();
      created.put("id", Integer.toString(1000 + there.size()));
      there.add(created);
      return created;
    }

    HttpAnswer answer(HttpCall call) throws TransportFailure {
      if (killsLeft > 0 && random.nextInt(50) == 0) {
        killsLeft--;
        if (random.nextBoolean()) {
          done(call);
        }
        throw new Kill();
      }
      clock.advance(Duration.ofMillis(random.nextInt(40)));
      if (random.nextInt(100) >= badPercent) {
        return done(call);
      }
      return switch (random.nextInt(9)) {
        case 0 -> throw lost(false);
        case 1 -> throw lost(true);
        case 2 -> {
          done(call);
          throw lost(true);
        }
        case 3 -> {
          done(call);
          yield WriteWorld.json(503, "{}");
        }
        case 4 -> WriteWorld.json(500, "{\"code\":0,\"message\":\"Oops\"}");
        case 5 -> {
          done(call);
          yield new HttpAnswer(201, Map.of(), "<html>".getBytes(UTF_8), false);
        }
        case 6 -> {
          done(call);
          yield WriteWorld.json(201, random.nextBoolean() ? "{}" : "{\"id\":null,\"items\":null}");
        }
        case 7 -> WriteWorld.json(400, "{\"code\":1,\"message\":\"Bad luck\"}");
        default -> {
          clock.advance(Duration.ofSeconds(random.nextInt(4)));
          yield done(call);
        }
      };
    }

    private static TransportFailure lost(boolean sent) {
      return new TransportFailure("no answer", sent, new IOException("gone"));
    }

    private HttpAnswer done(HttpCall call) {
      JsonNode body = Json.trusted(WriteWorld.body(call).isEmpty() ? "{}" : WriteWorld.body(call));
      if (call.method().equals("GET")) {
        ObjectNode list = Json.object();
        list.putArray("items").addAll(there);
        return WriteWorld.json(200, Json.text(list));
      }
      if (body.isArray()) {
        ArrayNode ids = Json.object().arrayNode();
        body.forEach(each -> ids.add(add(each).path("id").asText()));
        return WriteWorld.json(201, Json.text(ids));
      }
      return WriteWorld.json(201, Json.text(add(body)));
    }
  }

  @ParameterizedTest
  @MethodSource("tens")
  void pinsAreCreatedOnceAndSpokenOfTruly(long ten) {
    seeds(ten)
        .forEach(
            seed ->
                check(
                    seed,
                    "pins",
                    "title",
                    "{\"title\":\"%s\",\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\",\"url\":\"https://i.example/1.jpg\"}}"));
  }

  @ParameterizedTest
  @MethodSource("tens")
  void boardsAreCreatedOnceAndSpokenOfTruly(long ten) {
    seeds(ten)
        .forEach(seed -> check(seed, "boards", "name", "{\"name\":\"%s\",\"privacy\":\"PUBLIC\"}"));
  }

  @ParameterizedTest
  @MethodSource("tens")
  void productGroupsAreCreatedOnceAndSpokenOfTruly(long ten) {
    seeds(ten)
        .forEach(
            seed ->
                check(
                    seed,
                    "product_groups",
                    "name",
                    "{\"name\":\"%s\",\"feed_id\":\"7\",\"filters\":{\"any_of\":[{\"BRAND\":{\"values\":[\"Blue\"]}}]}}"));
  }

  @ParameterizedTest
  @MethodSource("tens")
  void whatDiesWhileItWritesLaterIsNeitherRepeatedNorForgotten(long ten) {
    seeds(ten)
        .forEach(
            seed -> {
              boolean named = seed % 2 == 0;
              checkLater(
                  seed,
                  named ? "boards" : "pins",
                  named ? "name" : "title",
                  named
                      ? "{\"name\":\"%s\",\"privacy\":\"PUBLIC\"}"
                      : "{\"title\":\"%s\",\"board_id\":\"1\",\"media_source\":{\"source_type\":\"image_url\",\"url\":\"https://i.example/1.jpg\"}}");
            });
  }

  private static void checkLater(long seed, String object, String key, String record) {
    var random = new SplittableRandom(seed);
    var clock = new ManualClock(DirectoryFixtures.NOON);
    var pinterest = new UnreliablePinterest(random, clock);
    pinterest.killsLeft = random.nextInt(5);
    WriteWorld world = world(clock, pinterest);
    int names = 20 + random.nextInt(100);
    List<String> asked =
        IntStream.range(0, RECORDS).mapToObj(i -> "name " + random.nextInt(names)).toList();
    int before = pinterest.there.size();

    Answer taken =
        world.post(
            object,
            "{\"groupRef\":\"org_7\",\"type\":\"create\",\"mode\":\"asynchronous\",\"batch\":["
                + String.join(
                    ",",
                    asked.stream()
                        .map(name -> "{\"record\":" + record.formatted(name) + "}")
                        .toList())
                + "]}");
    world.records.failSometimes(random.nextInt(4) == 0 ? random.split() : null);
    for (int i = 0; i < 200 && !world.operation(taken).ended(); i++) {
      try {
        world.work();
      } catch (Kill | ProviderUnavailable died) {
        // The next sender continues.
      }
      clock.advance(Duration.ofSeconds(61));
      world.fireTimers();
    }

    assertThat(world.operation(taken).ended()).as("seed " + seed).isTrue();
    world.records.failSometimes(null);
    assertTrue(
        seed,
        world.answerOf(taken),
        asked,
        key,
        pinterest.there.subList(before, pinterest.there.size()));
  }

  private static WriteWorld world(ManualClock clock, UnreliablePinterest pinterest) {
    return new WriteWorld(
        WriteWorld.everything(),
        clock,
        new SteppingTasks(clock),
        new UnlimitedBudgets(),
        pinterest::answer);
  }

  private static LongStream seeds(long ten) {
    return LongStream.range(0, SEEDS_A_TEST).map(seed -> ten * SEEDS_A_TEST + seed);
  }

  private static void check(long seed, String object, String key, String record) {
    var random = new SplittableRandom(seed);
    var clock = new ManualClock(DirectoryFixtures.NOON);
    var pinterest = new UnreliablePinterest(random, clock);
    WriteWorld world = world(clock, pinterest);
    // Some names belong to several records, and some exist before the test.
    int names = 20 + random.nextInt(100);
    List<String> asked =
        IntStream.range(0, RECORDS).mapToObj(i -> "name " + random.nextInt(names)).toList();
    IntStream.range(0, random.nextInt(20))
        .forEach(
            i -> pinterest.add(Json.trusted(record.formatted("name " + random.nextInt(names)))));
    int before = pinterest.there.size();
    world.records.failSometimes(random.nextInt(4) == 0 ? random.split() : null);

    Answer answer =
        world.batch(object, "create", false, asked.stream().map(record::formatted).toList());

    List<ObjectNode> created = pinterest.there.subList(before, pinterest.there.size());
    assertTrue(seed, answer, asked, key, created);
    assertThat(world.timers.all()).as("seed " + seed).isEmpty();
  }

  private static void assertTrue(
      long seed, Answer answer, List<String> asked, String key, List<ObjectNode> created) {
    Map<String, ObjectNode> byId = new LinkedHashMap<>();
    created.forEach(each -> byId.put(each.path("id").asText(), each));
    Map<Integer, String> messages = WriteWorld.errors(answer);
    Map<String, Integer> sure = new LinkedHashMap<>();
    Map<String, Integer> open = new LinkedHashMap<>();
    Set<String> named = new HashSet<>();
    JsonNode results = answer.json().path("results");
    assertThat(results).as("seed " + seed + answer.text()).hasSize(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      String as = "seed " + seed + " record " + i + " " + messages.get(i);
      JsonNode result = results.path(i);
      if (result.path("success").asBoolean()) {
        String id = result.path("recordId").asText();
        assertThat(named.add(id)).as(as + ": the id " + id + " is told once").isTrue();
        assertThat(byId).as(as + ": it was created now").containsKey(id);
        assertThat(byId.getOrDefault(id, Json.object()).path(key).asText())
            .as(as)
            .isEqualTo(asked.get(i));
        sure.merge(asked.get(i), 1, Integer::sum);
      } else if (messages.getOrDefault(i, "").contains("outcome unknown")) {
        open.merge(asked.get(i), 1, Integer::sum);
      } else {
        assertThat(messages.get(i))
            .as(as)
            .containsAnyOf("not attempted", "Bad luck", "written", "deadline");
      }
    }
    Map<String, Integer> there = new LinkedHashMap<>();
    created.forEach(each -> there.merge(each.path(key).asText(), 1, Integer::sum));
    for (String name : new HashSet<>(asked)) {
      int least = sure.getOrDefault(name, 0);
      assertThat(there.getOrDefault(name, 0))
          .as("seed " + seed + ": created of " + name)
          .isBetween(least, least + open.getOrDefault(name, 0));
    }
  }
}
