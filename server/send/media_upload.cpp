#include "send/media_upload.hpp"

#include "base/text.hpp"
#include "send/ask.hpp"
#include "send/media_links.hpp"

namespace dakiya::send {

namespace {

using store::MediaHandle;

constexpr std::size_t error_limit = 500;      // bytes, of the column
constexpr std::size_t longest_handle = 2000;  // characters, of the column
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t link_ms = 30 * day_ms;
constexpr std::int64_t first_wait_ms = 1'000;  // twice as long after each try
constexpr std::int64_t retry_failed_ms = 3'600'000;

// expires_at: 0 when it does not end. Renewed when three quarters of its time are over.
MediaHandle ready(MediaHandle row, std::string handle, std::string url, std::int64_t expires_at,
                  std::int64_t now_ms) {
    row.state = "ready";
    row.handle = std::move(handle);
    row.url = std::move(url);
    row.ready_at = now_ms;
    row.expires_at = expires_at;
    row.renew_at = expires_at == 0 ? 0 : now_ms + (expires_at - now_ms) * 3 / 4;
    row.error.clear();
    return row;
}

// An older handle stays in the row and may still be good. passing: the same again may help.
MediaHandle failed(MediaHandle row, const Error& why, bool passing, std::int64_t now_ms) {
    const int most = !passing                        ? 0
                     : why.code == Code::unavailable ? MediaTransfers::most_unreached_tries
                                                     : MediaTransfers::most_upload_tries;
    row.error = utf8_prefix(why.text, error_limit);
    row.state = row.attempts < most ? "wanted" : "failed";
    row.due_at = now_ms + (row.attempts < most ? first_wait_ms << row.attempts : retry_failed_ms);
    return row;
}

MediaHandle by_link(const MediaTransfers::Parts& parts, const MediaHandle& row, const store::Media& file) {
    const std::int64_t now = parts.clock.now_ms();
    auto link = media_link(parts.vault, parts.public_url, file, now + link_ms);
    if (!link) return failed(row, link.error(), false, now);
    return ready(row, "", *std::move(link), now + link_ms, now);
}

MediaHandle by_answer(const MediaTransfers::Parts& parts, const MediaHandle& row, const store::Media& file,
                      Ended ended) {
    const std::int64_t now = parts.clock.now_ms();
    // Nothing was sent: its plugin does not upload with these settings.
    if (ended.how == Ended::How::fault && !parts.public_url.empty()) return by_link(parts, row, file);
    const bool passing = ended.how != Ended::How::fault && may_ask_again(ended, row.attempts);
    const auto records = answer_of(std::move(ended));
    if (!records) return failed(row, records.error(), passing, now);
    const Json* media = record_of(*records, "media");
    std::string handle = media ? media->value("handle", "") : "";
    if (handle.empty() || utf8_length(handle) > longest_handle)
        return failed(row, {Code::provider_refused, "the provider told no handle for the file", ""}, true,
                      now);
    return ready(row, std::move(handle), "", media->value("expires_at", 0), now);
}

}  // namespace

void upload(const std::shared_ptr<const MediaTransfers::Parts>& parts, const MediaHandle& row,
            std::function<void(MediaHandle)> done) {
    const store::Scope scope{row.tenant};
    const std::int64_t now = parts->clock.now_ms();
    const auto file = parts->db.read(
        [&](store::Session& session) { return store::media::find(session, scope, row.media); });
    if (!file) return done(failed(row, {Code::not_found, "the file was deleted", ""}, false, now));
    auto connection = parts->connections.open(scope, row.connection);
    if (!connection) return done(failed(row, {Code::conflict, connection.error().text, ""}, false, now));
    if (!connection->plugin->manifest().has_op("media.upload")) return done(by_link(*parts, row, *file));
    if (const auto here = parts->blobs.find(file->tenant, file->sha256); !here)
        return done(failed(row, {Code::conflict, here.error().text, ""}, false, now));

    Call call = call_to(*connection, "media.upload");
    call.input =
        Json{{"blob", file->id}, {"type", file->mime}, {"sender", row.sender}, {"filename", file->filename}}
            .dump();
    call.files = std::make_shared<const Lent>(Lent{{static_cast<std::uint64_t>(file->id), *file}});
    call.lane = net::Lane::campaign;
    parts->exchange.run(std::move(call), [parts, row, file = *file, done = std::move(done)](Ended ended) {
        done(by_answer(*parts, row, file, std::move(ended)));
    });
}

}  // namespace dakiya::send
