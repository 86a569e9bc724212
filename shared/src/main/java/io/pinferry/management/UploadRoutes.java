package io.pinferry.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinferry.base.Issue;
import io.pinferry.base.Json;
import io.pinferry.http.ApiResponse;
import io.pinferry.http.Permission;
import io.pinferry.http.PublicUrl;
import io.pinferry.http.Route;
import io.pinferry.http.RouteCall;
import java.util.Base64;
import java.util.List;

/** Uploads of zips. The {@code amp} command line uploads a zip before it deploys. */
final class UploadRoutes {
  private final Uploads uploads;
  private final PublicUrl publicUrl;

  UploadRoutes(Uploads uploads, PublicUrl publicUrl) {
    this.uploads = uploads;
    this.publicUrl = publicUrl;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/generate-upload-url", Permission.INTEGRATION_DEPLOY, this::make)
            .taking("md5"),
        Route.put("/v1/" + Uploads.BUCKET + "/{upload}", Permission.UPLOAD, this::fill)
            .taking("signature"));
  }

  private ApiResponse make(RouteCall call) {
    byte[] md5 = call.query("md5").map(UploadRoutes::md5).orElse(null);
    Uploads.Place place = uploads.make(call.caller().projectId(), md5);
    ObjectNode json = Json.object();
    json.put(
        "url",
        publicUrl.of(call.request())
            + "/v1/"
            + Uploads.BUCKET
            + "/"
            + place.path()
            + "?signature="
            + place.signature());
    json.put("bucket", Uploads.BUCKET);
    json.put("path", place.path());
    return ApiResponse.json(200, json);
  }

  private static byte[] md5(String text) {
    byte[] md5;
    try {
      md5 = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      md5 = new byte[0];
    }
    if (md5.length != Uploads.MD5_BYTES) {
      throw Issue.query(
              "md5",
              Issue.clipped(text),
              "must be an MD5 in base64, 24 characters with each + written as %2B")
          .unprocessable();
    }
    return md5;
  }

  private ApiResponse fill(RouteCall call) {
    uploads.fill(
        call.variable("upload"),
        call.query("signature").orElse(""),
        call.request().header("content-md5").orElse(null),
        call.request().body());
    return ApiResponse.empty(200);
  }
}
