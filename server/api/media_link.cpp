// Files at their public addresses, for providers that fetch them: no key, but a signed address that ends
// (send/media_links).
#include "api/file_response.hpp"
#include "api/resources.hpp"
#include "send/media_links.hpp"
#include "store/media.hpp"

namespace dakiya::api {

namespace {

Result<Response> serve(Services& services, Call& call) {
    const auto link = send::read_media_token(services.vault, call.param("token"), services.clock.now_ms());
    if (!link) return link.error();
    const auto media = services.db.read([&](store::Session& session) {
        return store::media::find(session, store::Scope{link->tenant}, link->media);
    });
    if (!media) return Error{Code::not_found, "the file was deleted", ""};
    auto path = services.media.folder.find(media->tenant, media->sha256);
    if (!path) return path.error();
    return file_response(call.request, {*std::move(path), static_cast<std::uint64_t>(media->size),
                                        media->mime, media->filename, media->sha256});
}

}  // namespace

Routes media_link_routes(Services& services) {
    const auto run = bound(services, serve);
    Route bare{"GET",
               "/m/{token}",
               Permission::none,
               "fetchFile",
               "A file at the address that a provider was given.",
               run};
    Route named{"GET",
                "/m/{token}/{name}",
                Permission::none,
                "fetchNamedFile",
                "The same; the name is for programs that look at an address's ending.",
                run};
    return {std::move(bare), std::move(named)};
}

}  // namespace dakiya::api
