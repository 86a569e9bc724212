package io.pinferry.local.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlainObjectTest {
  private static final PlainObject PER_AD_ACCOUNT =
      new PlainObject(
          "campaigns",
          "ad_accounts/{ad_account_id}/campaigns",
          Category.ADS_READ,
          Set.of("ads:read"),
          50,
          626_000_000_000L,
          _ -> 3,
          (id, _, _) -> JsonNodeFactory.instance.objectNode().put("id", Long.toString(id)));

  private final WorldBuilder builder = new WorldBuilder(5, 500);
  private final World world = builder.build(0);

  @Test
  void anObjectWithAnAdAccountInItsPathHasAListForEachAccountThatTheUserMayRead() {
    List<Long> owners = world.ownersOf(PER_AD_ACCOUNT);

    assertThat(owners)
        .hasSizeGreaterThan(1)
        .allSatisfy(
            id ->
                assertThat(world.adAccount(world.me(), id))
                    .hasValueSatisfying(
                        account -> assertThat(account.allowsOrganic(world.me())).isTrue()));
    assertThat(world.adAccountsOf(world.me()).count()).isGreaterThan(owners.size());
  }

  @Test
  void listsOfTwoOwnersHaveNoRecordInCommon() {
    List<Long> owners = world.ownersOf(PER_AD_ACCOUNT);
    builder.addPlain(world, PER_AD_ACCOUNT, owners.get(0), 1);
    builder.addPlain(world, PER_AD_ACCOUNT, owners.get(1), 2);

    assertThat(world.plain(PER_AD_ACCOUNT, owners.get(0))).hasSize(1);
    assertThat(world.plain(PER_AD_ACCOUNT, owners.get(1)))
        .hasSize(1)
        .doesNotContainKeys(
            world.plain(PER_AD_ACCOUNT, owners.get(0)).keySet().toArray(Long[]::new));
  }

  @Test
  void anObjectWithoutAnAdAccountInItsPathBelongsToTheUser() {
    assertThat(world.ownersOf(PlainObject.get("employers"))).containsExactly(world.me().id);
  }

  @Test
  void anUnknownObjectIsRefused() {
    assertThatThrownBy(() -> PlainObject.get("campaigns"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("campaigns");
  }
}
