"""Calls every operation of Pinferry's objects with Pinterest's own Python client, through the proxy door.

Lists and single records are compared with the simulator's truth, byte for byte as JSON. After each write the truth, or a
read, has to show its effect. Usage: pinterest_sdk.py SCENE.json
"""

import builtins
import json
import sys
import types
import urllib.request
from importlib import metadata

# CatalogsApi of the published client cannot be imported: its generator left out this type. Any JSON stands in for it.
MISSING = "openapi_generated.pinterest_client.model.unknownbasetype"
sys.modules[MISSING] = types.ModuleType(MISSING)
sys.modules[MISSING].UNKNOWNBASETYPE = dict
builtins.UNKNOWN_BASE_TYPE = dict

from openapi_generated.pinterest_client import ApiClient, Configuration  # noqa: E402
from openapi_generated.pinterest_client.api import (  # noqa: E402
    ad_accounts_api,
    boards_api,
    business_access_relationships_api,
    catalogs_api,
    integrations_api,
    media_api,
    pins_api,
    user_account_api,
)
from openapi_generated.pinterest_client.exceptions import ApiException, OpenApiException  # noqa: E402

with open(sys.argv[1], encoding="utf-8") as file:
    SCENE = json.load(file)


def client():
    made = ApiClient(Configuration(host=SCENE["proxy"] + "/v5", access_token="not-needed-behind-the-door"))
    for name, value in SCENE["proxyHeaders"].items():
        made.set_default_header(name, value)
    return made


CLIENT = client()
BOARDS = boards_api.BoardsApi(CLIENT)
PINS = pins_api.PinsApi(CLIENT)
MEDIA = media_api.MediaApi(CLIENT)
AD_ACCOUNTS = ad_accounts_api.AdAccountsApi(CLIENT)
BUSINESS = business_access_relationships_api.BusinessAccessRelationshipsApi(CLIENT)
CATALOGS = catalogs_api.CatalogsApi(CLIENT)
INTEGRATIONS = integrations_api.IntegrationsApi(CLIENT)
USER = user_account_api.UserAccountApi(CLIENT)

calls = 0
records = 0
operations = set()
differences = []


def differs(what, detail):
    differences.append(f"{what}: {detail}")


def call(operation, *arguments, **named):
    """Returns the JSON of the answer; None if it has none or was refused."""
    global calls
    calls += 1
    name = operation.__name__
    operations.add(name)
    CLIENT.last_response = None
    try:
        operation(*arguments, **named)
    except ApiException as refusal:
        differs(name, f"{refusal.status} {refusal.body}")
        return None
    except OpenApiException as failure:
        differs(name, repr(failure))
        return None
    body = CLIENT.last_response.data
    return json.loads(body) if body else None


def pages(operation, *arguments, **named):
    """Returns the records of all pages."""
    global records
    items = []
    bookmark = {}
    while True:
        page = call(operation, *arguments, page_size=50, **named, **bookmark)
        if page is None:
            return items
        items += page["items"]
        records += len(page["items"])
        if not page.get("bookmark"):
            return items
        bookmark = {"bookmark": page["bookmark"]}


def simulator(path):
    with urllib.request.urlopen(SCENE["pinterest"] + path, timeout=30) as answer:
        return answer.read().decode()


def truth(name, query=""):
    # Not splitlines: a record may contain other line ends, such as U+2028.
    return [json.loads(line) for line in simulator(f"/_sim/truth/{name}{query}").split("\n") if line]


def by_source(name, query=""):
    """Returns the records of the truth by the parameters that lead to them."""
    groups = {}
    for record in truth(name, query):
        source = record.pop("_source", {})
        groups.setdefault(tuple(sorted(source.items())), []).append(record)
    return groups


def canonical(items):
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def same(what, expected, actual):
    left, right = canonical(expected), canonical(actual)
    if left != right:
        missing = len([item for item in left if item not in right])
        differs(what, f"{len(left)} expected, {len(right)} received, {missing} of the expected not among them")


def lists(name, operation, query=""):
    for source, expected in by_source(name, query).items():
        same(f"{name} {dict(source)}", expected, pages(operation, **dict(source)))


def report_stats(parameters, **query):
    """Calls the operation without the client's types: they refuse retail catalogs, and send a Python text for the rest."""
    query = [*query.items(), ("parameters", json.dumps(parameters))]
    CLIENT.call_api("/catalogs/reports/stats", "GET", query_params=query, response_type=(dict,))


def stats():
    for source, expected in by_source("stats").items():
        place = dict(source)
        account = {"ad_account_id": place.pop("ad_account_id")} if "ad_account_id" in place else {}
        parameters = {"catalog_type": place.pop("catalog_type"), "report": place}
        same(f"stats {parameters}", expected, pages(report_stats, parameters, **account))


def each(name, key, operation, limit=5):
    """Asks for some records one by one."""
    for record in truth(name)[:limit]:
        source = {k: v for k, v in record.pop("_source", {}).items() if k == "ad_account_id"}
        same(f"{name} {record[key]}", [record], [call(operation, record[key], **source)])


def reads():
    same("pins", truth("pins"), pages(PINS.pins_list, include_protected_pins=True))
    each("pins", "id", PINS.pins_get)
    lists("boards", BOARDS.boards_list)
    each("boards", "id", BOARDS.boards_get)
    for source, expected in by_source("pins", "?plan=boards").items():
        place = dict(source)
        if "section_id" in place:
            actual = pages(BOARDS.board_sections_list_pins, place["board_id"], place["section_id"])
        else:
            actual = pages(BOARDS.boards_list_pins, place["board_id"])
        same(f"pins of {place}", expected, actual)
    for board in truth("boards"):
        pages(BOARDS.board_sections_list, board["id"], **board.get("_source", {}))
    lists("media", MEDIA.media_list)
    each("media", "media_id", MEDIA.media_get)
    lists("ad_accounts", AD_ACCOUNTS.ad_accounts_list)
    each("ad_accounts", "id", AD_ACCOUNTS.ad_accounts_get)
    lists("catalogs", CATALOGS.catalogs_list)
    lists("feeds", CATALOGS.feeds_list)
    each("feeds", "id", CATALOGS.feeds_get)
    lists("product_groups", CATALOGS.catalogs_product_groups_list)
    each("product_groups", "id", CATALOGS.catalogs_product_groups_get)
    lists("integrations", INTEGRATIONS.integrations_get_list)
    each("integrations", "id", INTEGRATIONS.integrations_get_by_id)
    stats()
    lists("employers", BUSINESS.get_business_employers)
    call(USER.user_account_get)
    pages(USER.user_websites_get)
    call(USER.website_verification_get)


def effect(kind, key, record_id, **members):
    """Requires that the truth has a record with these members."""
    record = next((record for record in truth(kind) if str(record.get(key)) == str(record_id)), None)
    for member, value in members.items():
        if record is None or record.get(member) != value:
            differs(f"{kind} {record_id}", f"{member} must be {value!r} in {record}")


def gone(name, key, record_id):
    if any(str(record.get(key)) == str(record_id) for record in truth(name)):
        differs(f"{name} {record_id}", "is still there")


def created(answer, key="id"):
    return (answer or {}).get(key, "")


def write_boards_and_pins():
    board = created(call(BOARDS.boards_create, {"name": "Client", "privacy": "PUBLIC"}))
    effect("boards", "id", board, name="Client")
    call(BOARDS.boards_update, board, {"name": "Client, renamed", "description": "\u00c4\u2028\U0001f4cc"})
    effect("boards", "id", board, name="Client, renamed", description="\u00c4\u2028\U0001f4cc")
    section = created(call(BOARDS.board_sections_create, board, {"name": "Lamps"}))
    call(BOARDS.board_sections_update, board, section, {"name": "Lights"})
    same("sections", [{"id": section, "name": "Lights"}], pages(BOARDS.board_sections_list, board))
    source = {"source_type": "image_url", "url": "https://shop.example/lamp.jpg"}
    pin = created(call(PINS.pins_create, {"board_id": board, "title": "Lamp", "media_source": source}))
    effect("pins", "id", pin, title="Lamp", board_id=board)
    call(PINS.pins_update, pin, {"title": "Light", "board_section_id": section})
    effect("pins", "id", pin, title="Light", board_section_id=section)
    saved = created(call(PINS.pins_save, pin, {"board_id": board}))
    effect("pins", "id", saved, parent_pin_id=pin)
    call(PINS.pins_delete, saved)
    gone("pins", "id", saved)
    call(BOARDS.board_sections_delete, board, section)
    same("sections", [], pages(BOARDS.board_sections_list, board))
    call(BOARDS.boards_delete, board)
    gone("boards", "id", board)
    gone("pins", "id", pin)
    media = created(call(MEDIA.media_create, {"media_type": "video"}), "media_id")
    effect("media", "media_id", media, media_type="video")


def write_catalogs():
    catalog = created(call(CATALOGS.catalogs_create, {"name": "Client", "catalog_type": "HOTEL"}))
    effect("catalogs", "id", catalog, name="Client")
    retail = next(record for record in truth("catalogs") if record["catalog_type"] == "RETAIL" and "_source" not in record)
    wanted = {
        "name": "Client",
        "format": "CSV",
        "location": "https://shop.example/feed.csv",
        "catalog_type": "RETAIL",
        "catalog_id": retail["id"],
        "default_country": "US",
        "default_locale": "en-US",
    }
    feed = created(call(CATALOGS.feeds_create, wanted))
    effect("feeds", "id", feed, name="Client", format="CSV")
    call(CATALOGS.feeds_update, feed, {"catalog_type": "RETAIL", "status": "INACTIVE"})
    effect("feeds", "id", feed, status="INACTIVE")
    group = created(call(CATALOGS.catalogs_product_groups_create, product_group(feed, "Lamps")))
    effect("product_groups", "id", group, name="Lamps")
    call(CATALOGS.catalogs_product_groups_update, group, {"name": "Lights"})
    effect("product_groups", "id", group, name="Lights")
    many = [product_group(feed, "Chairs"), product_group(feed, "Tables")]
    ids = call(CATALOGS.catalogs_product_groups_create_many, many) or []
    for each_id, name in zip(ids, ["Chairs", "Tables"], strict=True):
        effect("product_groups", "id", each_id, name=name)
    call(CATALOGS.catalogs_product_groups_delete_many, [int(each_id) for each_id in ids])
    for each_id in ids:
        gone("product_groups", "id", each_id)
    call(CATALOGS.catalogs_product_groups_delete, group)
    gone("product_groups", "id", group)
    call(CATALOGS.feeds_delete, feed)
    gone("feeds", "id", feed)
    # The client's types know reports of hotels only.
    report = {"catalog_type": "HOTEL", "report": {"report_type": "DISTRIBUTION_ISSUES", "catalog_id": catalog}}
    token = created(call(CATALOGS.reports_create, report), "token")
    status = created(call(CATALOGS.reports_get, token), "report_status")
    if status not in ("IN_PROGRESS", "FINISHED"):
        differs("reports_get", f"report_status {status!r}")


def product_group(feed, name):
    return {"feed_id": feed, "name": name, "filters": {"any_of": [{"BRAND": {"values": [name]}}]}}


def write_business():
    account = created(call(AD_ACCOUNTS.ad_accounts_create, {"name": "Client", "country": "DE", "currency": "EUR"}))
    effect("ad_accounts", "id", account, name="Client", country="DE", currency="EUR")
    website = {"website": "client.example", "verification_method": "METATAG"}
    call(USER.verify_website_update, website)
    if "client.example" not in [site["website"] for site in pages(USER.user_websites_get)]:
        differs("websites", "the claimed one is not in the list")
    call(USER.unverify_website_delete, "client.example")
    if "client.example" in [site["website"] for site in pages(USER.user_websites_get)]:
        differs("websites", "the deleted one is still in the list")
    made = call(INTEGRATIONS.integrations_commerce_post, integration_request={"external_business_id": "client-1"})
    effect("integrations", "external_business_id", "client-1", connected_user_id=created(made, "connected_user_id"))
    call(INTEGRATIONS.integrations_commerce_patch, "client-1", integration_request_patch={"connected_tag_id": "7"})
    effect("integrations", "external_business_id", "client-1", connected_tag_id="7")
    read = call(INTEGRATIONS.integrations_commerce_get, "client-1")
    if created(read, "connected_tag_id") != "7":
        differs("integrations_commerce_get", read)
    call(INTEGRATIONS.integrations_commerce_del, "client-1")
    gone("integrations", "external_business_id", "client-1")
    log = {"client_timestamp": 1, "event_type": "APP", "log_level": "INFO", "message": "Hello"}
    call(INTEGRATIONS.integrations_logs_post, {"logs": [log]})


def requests():
    return json.loads(simulator("/_sim/requests?limit=0"))["total"]


if __name__ == "__main__":
    before = requests()
    reads()
    write_boards_and_pins()
    write_catalogs()
    write_business()
    reached = requests() - before
    if reached != calls:
        differs("requests", f"{calls} calls, and {reached} requests at Pinterest")
    report = {
        "client": f"pinterest-api-sdk {metadata.version('pinterest-api-sdk')}",
        "summary": f"{calls} calls of {len(operations)} operations, {records} records of lists",
        "differences": differences,
    }
    print(json.dumps(report))
