// Files that messages carry: uploads, and what people sent.
#include "domain/media.hpp"
#include "api/change.hpp"
#include "api/file_response.hpp"
#include "api/in_use.hpp"
#include "api/media_json.hpp"
#include "api/named_row.hpp"
#include "api/paging.hpp"
#include "api/problem.hpp"
#include "api/resources.hpp"
#include "api/schemas.hpp"
#include "api/upload.hpp"
#include "store/campaigns.hpp"

namespace dakiya::api {

namespace {

using store::Media;

std::string mib(std::int64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// The query speaks before the form, and the form before the file.
std::string first_of(std::string one, std::string other) {
    return one.empty() ? std::move(other) : std::move(one);
}

Result<Media> described_file(const Services& services, const Call& call, const Upload& upload,
                             const store::IncomingBlob& blob) {
    if (blob.size == 0) return invalid("", "the file is empty");
    if (blob.size > services.media.most_bytes)
        return Error{Code::too_large, "a file may have " + mib(services.media.most_bytes) + " at most", ""};
    auto mime = domain::checked_type(first_of(call.query.value("type", ""), upload.type), blob.beginning);
    if (!mime) return mime.error();
    Media media;
    media.tenant = call.caller.scope.tenant;
    media.sha256 = blob.sha256;
    media.size = blob.size;
    media.mime = *std::move(mime);
    media.filename =
        domain::safe_filename(first_of(call.query.value("filename", ""), upload.filename), media.mime);
    return media;
}

Result<Response> create(Services& services, Call& call) {
    auto upload = take_upload(call.request, services.import_folder, {});
    if (!upload) return upload.error();
    store::IncomingBlob blob = services.media.folder.incoming_from(upload->file->path());
    auto media = described_file(services, call, *upload, blob);
    if (!media) return media.error();
    // Before its row: a file without one is swept away later.
    services.media.folder.keep(blob, media->tenant);
    media->id = services.ids.next();
    media->created_at = services.clock.now_ms();
    Media stored;
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const auto row = store::media::add(session, *media, services.media.tenant_bytes);
        if (!row)
            return Error{Code::too_large,
                         "your files may have " + mib(services.media.tenant_bytes) +
                             " together; delete some that you do not need",
                         ""};
        stored = *row;
        if (stored.id == media->id)
            audit(session, call, services, "media.create", format_id(prefix::media, stored.id));
        return {};
    });
    if (!written) return written.error();
    return json_response(stored.id == media->id ? 201 : 200, to_json(stored));
}

Result<Media> find(Services& services, const Call& call) {
    return named_row(services, call, "media", prefix::media, store::media::find, "file");
}

Result<Response> read(Services& services, Call& call) {
    const auto row = find(services, call);
    if (!row) return row.error();
    return json_response(200, to_json(*row));
}

Result<Response> content(Services& services, Call& call) {
    const auto row = find(services, call);
    if (!row) return row.error();
    auto path = services.media.folder.find(row->tenant, row->sha256);
    if (!path) return path.error();
    return file_response(call.request, {*std::move(path), static_cast<std::uint64_t>(row->size), row->mime,
                                        row->filename, row->sha256});
}

Result<Response> browse(Services& services, Call& call) {
    const auto page = page_of(call.query);
    if (!page) return page.error();
    const auto rows = services.db.read([&](store::Session& session) {
        return store::media::list(session, call.caller.scope, call.query.value("origin", ""), page->from,
                                  page->limit + 1);
    });
    return json_response(200, page_json(
                                  *page, rows, [](const Media& row) { return to_json(row); }, by_id));
}

bool uses(const store::Campaign& campaign, const std::string& media) {
    const std::string quoted = "\"" + media + "\"";
    return campaign.content.find(quoted) != std::string::npos ||
           campaign.fallback.find(quoted) != std::string::npos;
}

Result<Response> remove(Services& services, Call& call) {
    const auto id = call.id("media", prefix::media);
    if (!id) return id.error();
    auto written = change(services, [&](store::Session& session) -> Result<void> {
        const std::string& media = call.param("media");
        if (auto free = not_in_use(session, call.caller.scope, "file",
                                   [&](const store::Campaign& campaign) { return uses(campaign, media); });
            !free)
            return free;
        if (!store::media::remove(session, call.caller.scope, *id))
            return no_such("file", call.param("media"));
        audit(session, call, services, "media.delete", call.param("media"));
        return {};
    });
    if (!written) return written.error();
    return Response{204, {}, {}, {}};
}

}  // namespace

Routes media_routes(Services& services) {
    using namespace schema;
    Route creates{
        "POST",
        "/v1/media",
        Permission::send,
        "uploadFile",
        "Takes a file for messages: the body, or part \"file\" of a form. The same bytes are one file.",
        bound(services, create)};
    creates.query = object({{"filename", described(text(255), "As its recipients see it")},
                            {"type", described(text(190), "MIME type, when the request cannot say it")}});
    creates.body_kind = BodyKind::raw;
    creates.most_body =
        static_cast<std::size_t>(services.media.most_bytes) + (1U << 20U);  // the form around it
    creates.status = 201;
    creates.answer = media_schema();

    Route lists{"GET",
                "/v1/media",
                Permission::read,
                "listFiles",
                "Lists files, newest first.",
                bound(services, browse)};
    lists.query = page_query({{"origin", one_of({"upload", "inbound"})}});
    lists.answer = page(media_schema());

    Route reads{"GET",
                "/v1/media/{media}",
                Permission::read,
                "getFile",
                "Reads what is known of a file.",
                bound(services, read)};
    reads.answer = media_schema();

    Route downloads{"GET",
                    "/v1/media/{media}/content",
                    Permission::read,
                    "downloadFile",
                    "The file itself, or the range of it that is asked for.",
                    bound(services, content)};

    Route removes{"DELETE",
                  "/v1/media/{media}",
                  Permission::send,
                  "deleteFile",
                  "Deletes a file, unless a campaign that is under way uses it.",
                  bound(services, remove)};
    removes.status = 204;
    return {std::move(creates), std::move(lists), std::move(reads), std::move(downloads), std::move(removes)};
}

}  // namespace dakiya::api
