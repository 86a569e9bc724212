package io.pinferry.local.simulator;

import java.time.Instant;

/**
 * Answers the writing operations and changes the world by them. Not safe for concurrent use;
 * readers of the world may go on meanwhile.
 */
final class WriteApi {
  private final OrganicWrites organic;
  private final CatalogWrites catalogs;
  private final BusinessWrites business;
  private final Uploads uploads;
  private final Reports reports;

  WriteApi(World world, ReadApi reading, WorldChanges changes, Signer signer, boolean trialTier) {
    this.organic = new OrganicWrites(world, reading, changes, trialTier);
    this.catalogs = new CatalogWrites(reading, changes);
    this.business = new BusinessWrites(world, reading, changes);
    this.uploads = new Uploads(world, changes, signer);
    this.reports = new Reports(world, reading, changes, signer);
  }

  SimulatedResponse answer(WriteCall write) {
    return switch (write.call().operation().name()) {
      case PIN_CREATE -> organic.createPin(write);
      case PIN_UPDATE -> organic.updatePin(write);
      case PIN_DELETE -> organic.deletePin(write);
      case PIN_SAVE -> organic.savePin(write);
      case BOARD_CREATE -> organic.createBoard(write);
      case BOARD_UPDATE -> organic.updateBoard(write);
      case BOARD_DELETE -> organic.deleteBoard(write);
      case SECTION_CREATE -> organic.putSection(write, true);
      case SECTION_UPDATE -> organic.putSection(write, false);
      case SECTION_DELETE -> organic.deleteSection(write);
      case MEDIA_CREATE -> uploads.register(write);
      case AD_ACCOUNT_CREATE -> business.createAdAccount(write);
      case CATALOG_CREATE -> catalogs.createCatalog(write);
      case FEED_CREATE -> catalogs.createFeed(write);
      case FEED_UPDATE -> catalogs.updateFeed(write);
      case FEED_DELETE -> catalogs.deleteFeed(write);
      case PRODUCT_GROUP_CREATE -> catalogs.createGroup(write);
      case PRODUCT_GROUP_CREATE_MANY -> catalogs.createGroups(write);
      case PRODUCT_GROUP_UPDATE -> catalogs.updateGroup(write);
      case PRODUCT_GROUP_DELETE -> catalogs.deleteGroup(write);
      case PRODUCT_GROUP_DELETE_MANY -> catalogs.deleteGroups(write);
      case WEBSITE_CREATE -> business.createWebsite(write);
      case WEBSITE_DELETE -> business.deleteWebsite(write);
      case COMMERCE_CREATE -> business.createCommerce(write);
      case COMMERCE_UPDATE -> business.updateCommerce(write);
      case COMMERCE_DELETE -> business.deleteCommerce(write);
      case LOGS_CREATE -> business.createLogs(write);
      case REPORT_CREATE -> reports.create(write);
      case REPORT -> reports.status(write);
      default -> throw new IllegalStateException(write.call().operation().name() + " only reads");
    };
  }

  SimulatedResponse receiveUpload(SimulatedRequest request, Instant now) {
    return uploads.receive(request, now);
  }

  SimulatedResponse reportFile(ApiCall call, Instant now) {
    return reports.file(call, now);
  }
}
