#include "send/media_prepare.hpp"

#include "domain/content_media.hpp"
#include "domain/media.hpp"
#include "send/media_content.hpp"
#include "store/media_handles.hpp"

namespace dakiya::send {

namespace {

// Most campaigns have no files, and every one that is sending is looked at twice a second.
bool names_files(const store::Campaign& campaign) {
    return campaign.content.find("\"med_") != std::string::npos;
}

std::string why_not(const store::MediaHandle& handle) {
    return "its file " + format_id(prefix::media, handle.media) + " cannot be used: " + handle.error;
}

}  // namespace

Result<bool> prepare_media(store::Database& db, store::Writer& writer, Connections& connections,
                           const store::Campaign& campaign, std::int64_t now_ms) {
    if (!names_files(campaign)) return true;
    const store::Scope scope{campaign.tenant};
    auto connection = connections.open(scope, campaign.connection);
    if (!connection) return connection.error();
    auto content = domain::parse_content(Json::parse(campaign.content), "content");
    if (!content) return content.error();

    std::vector<store::MediaKey> absent;
    const auto keys = db.read([&](store::Session& session) {
        auto all = media_keys(session, *connection, "", *content);
        absent.clear();
        if (all)
            for (const store::MediaKey& key : *all) {
                const auto handle = store::media_handles::find(session, scope, key);
                if (!handle || !handle->at_rest(now_ms)) absent.push_back(key);
            }
        return all;
    });
    if (!keys) return keys.error();
    if (absent.empty()) return true;

    std::vector<store::MediaHandle> wanted;
    writer.run([&](store::Session& session) {
        wanted.clear();
        for (const store::MediaKey& key : absent)
            wanted.push_back(store::media_handles::want(session, scope, key, false, now_ms));
    });
    bool there = true;
    for (const store::MediaHandle& handle : wanted) {
        if (handle.usable(now_ms)) continue;
        if (handle.state == "failed") return Error{Code::unavailable, why_not(handle), "content"};
        there = false;
    }
    return there;
}

void want_media_again(store::Session& session, const store::Campaign& campaign, std::int64_t now_ms) {
    if (!names_files(campaign)) return;
    const auto content = domain::parse_content(Json::parse(campaign.content), "content");
    if (!content) return;  // the engine says so
    for (const domain::MediaUse& use : domain::media_of(*content))
        store::media_handles::try_again(session, store::Scope{campaign.tenant}, campaign.connection,
                                        use.media, now_ms);
}

}  // namespace dakiya::send
