#include "send/media_content.hpp"

#include <algorithm>

#include "domain/media.hpp"
#include "store/media.hpp"

namespace dakiya::send {

namespace {

using domain::MediaUse;
using Files = std::map<Id, store::Media>;

Error no_file(const MediaUse& use) {
    return invalid("content." + use.field, "there is no file " + format_id(prefix::media, use.media) +
                                               "; upload it with POST /v1/media, or correct the id");
}

Error unfit(const MediaUse& use, const store::Media& file) {
    return invalid("content." + use.field, "the file " + format_id(prefix::media, use.media) + " is " +
                                               file.mime + ", which a message of type \"" + use.media_type +
                                               "\" cannot carry; send it as \"document\"");
}

Result<Files> files_of(store::Session& session, store::Scope scope, const std::vector<MediaUse>& uses) {
    std::vector<Id> ids;
    for (const MediaUse& use : uses) ids.push_back(use.media);
    Files files;
    for (store::Media& file : store::media::by_ids(session, scope, ids))
        files.emplace(file.id, std::move(file));
    for (const MediaUse& use : uses) {
        const auto found = files.find(use.media);
        if (found == files.end()) return no_file(use);
        if (!use.media_type.empty() && !domain::fits(use.media_type, found->second.mime))
            return unfit(use, found->second);
    }
    return files;
}

// Mails leave us whole, with their files inside; everything else names them.
bool mailed(const plugin::Manifest& manifest) {
    return std::find(manifest.requires_.begin(), manifest.requires_.end(), "mail/1") !=
           manifest.requires_.end();
}

}  // namespace

Result<PlacedContent> place_media(store::Session& session, const OpenConnection& connection,
                                  const std::string& sender, domain::Content content, std::int64_t now_ms) {
    PlacedContent done;
    const auto uses = domain::media_of(content);
    if (uses.empty()) {
        done.content = std::move(content);
        return done;
    }
    const store::Scope scope{connection.tenant};
    auto files = files_of(session, scope, uses);
    if (!files) return files.error();
    const bool by_mail = mailed(connection.plugin->manifest());
    std::map<Id, domain::PlacedMedia> placed;
    Lent lent;
    for (const auto& [id, file] : *files) {
        domain::PlacedMedia& at = placed[id];
        at.mime = file.mime;
        at.filename = file.filename;
        if (by_mail) {
            at.url = mail_address(id);
            lent.emplace(static_cast<std::uint64_t>(id), file);
            continue;
        }
        const store::MediaKey key{connection.id, sender, id};
        const auto handle = store::media_handles::find(session, scope, key);
        if (!handle || !handle->usable(now_ms)) {
            done.missing.push_back(key);
            continue;
        }
        if (const std::int64_t until = handle->usable_until())
            done.until = done.until == 0 ? until : std::min(done.until, until);
        at.handle = handle->handle;
        at.url = handle->url;
        done.handles.push_back(*handle);
    }
    done.header = domain::header_params(content, placed);
    done.content = domain::with_media(std::move(content), placed);
    if (!lent.empty()) done.files = std::make_shared<const Lent>(std::move(lent));
    return done;
}

Result<std::vector<store::MediaKey>> media_keys(store::Session& session, const OpenConnection& connection,
                                                const std::string& sender, const domain::Content& content) {
    const auto uses = domain::media_of(content);
    if (uses.empty()) return std::vector<store::MediaKey>();
    auto files = files_of(session, store::Scope{connection.tenant}, uses);
    if (!files) return files.error();
    std::vector<store::MediaKey> keys;
    if (mailed(connection.plugin->manifest())) return keys;
    for (const auto& [id, file] : *files) keys.push_back({connection.id, sender, id});
    return keys;
}

}  // namespace dakiya::send
