#include "api/media_json.hpp"

#include "api/schemas.hpp"
#include "domain/media.hpp"

namespace dakiya::api {

Json to_json(const store::Media& media) {
    return Json{{"id", format_id(prefix::media, media.id)},
                {"type", media.mime},
                {"size", media.size},
                {"filename", media.filename},
                {"sha256", media.sha256},
                {"origin", media.origin},
                {"created_at", media.created_at}};
}

Json media_schema() {
    using namespace schema;
    return object({{"id", text(20)},
                   {"type", described(text(190), "MIME type")},
                   {"size", described(integer(0, INT64_MAX), "Bytes")},
                   {"filename", text(255)},
                   {"sha256", text(64)},
                   {"origin", described(one_of({"upload", "inbound"}), "inbound: somebody sent it to us")},
                   {"created_at", described(integer(0, INT64_MAX), "Unix milliseconds")}});
}

Json to_json(const store::media_fetches::View& view) {
    if (view.media)
        return Json{{"id", format_id(prefix::media, view.media->id)},
                    {"type", view.media->mime},
                    {"size", view.media->size},
                    {"filename", view.media->filename}};
    const bool deleted = view.fetch.state == "done";
    return Json{{"state", deleted ? "deleted" : view.fetch.state},
                {"error", view.fetch.error.empty() ? Json() : Json(view.fetch.error)}};
}

}  // namespace dakiya::api
