#include "send/media_fetch.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/media.hpp"
#include "send/ask.hpp"
#include "store/ids.hpp"

namespace dakiya::send {

namespace {

using Parts = MediaTransfers::Parts;
using store::MediaFetch;

constexpr std::size_t error_limit = 500;       // bytes, of the column
constexpr std::int64_t first_wait_ms = 5'000;  // twice as long after each try
constexpr std::int64_t longest_wait_ms = 3'600'000;

// On a worker: files are read from end to end. A file is in its place before its row is written; one that
// gets no row is swept away later.
Fetched looked_at(const Parts& parts, MediaFetch row, std::shared_ptr<store::IncomingBlob> file,
                  const std::string& declared) {
    const std::int64_t now = parts.clock.now_ms();
    try {
        file->read();
    } catch (const std::exception& error) {
        return {fetch_failed(std::move(row), {Code::unavailable, error.what(), ""}, now), nullptr, ""};
    }
    if (file->size == 0)
        return {fetch_failed(std::move(row), {Code::provider_refused, "the file is empty", ""}, now), nullptr,
                ""};
    auto mime = domain::received_type(declared.empty() ? row.mime : declared, file->beginning);
    if (!mime) return {fetch_failed(std::move(row), mime.error(), now), nullptr, ""};
    try {
        parts.blobs.keep(*file, row.tenant);
    } catch (const std::exception& error) {
        return {fetch_failed(std::move(row), {Code::unavailable, error.what(), ""}, now), nullptr, ""};
    }
    row.state = "done";
    row.error.clear();
    return {std::move(row), std::move(file), *std::move(mime)};
}

void by_plugin(const std::shared_ptr<const Parts>& parts, const OpenConnection& connection,
               const MediaFetch& row, std::function<void(Fetched)> done) {
    Call call = call_to(connection, "media.fetch");
    call.input = Json{{"handle", row.handle}}.dump();
    call.most_reply = static_cast<std::size_t>(parts->most_bytes);
    call.lane = net::Lane::campaign;
    parts->exchange.run(std::move(call), [parts, row, done = std::move(done)](Ended ended) {
        const auto replies = std::move(ended.replies);
        const bool passing = may_ask_again(ended, row.attempts);
        const auto records = answer_of(std::move(ended));
        const Json* media = records ? record_of(*records, "media") : nullptr;
        const auto file =
            media ? replies.find(static_cast<std::uint64_t>(media->value("blob", 0))) : replies.end();
        if (file != replies.end())
            return done(looked_at(*parts, row, file->second, media->value("mime", "")));
        Error why =
            records ? Error{Code::provider_refused, "the provider gave no file", ""} : records.error();
        if (!passing) why.code = Code::not_found;
        done({fetch_failed(row, why, parts->clock.now_ms()), nullptr, ""});
    });
}

// A tenant's provider names the address: the client's guard decides whether it may be called.
void by_address(const std::shared_ptr<const Parts>& parts, const MediaFetch& row, const std::string& url,
                std::function<void(Fetched)> done) {
    auto file = std::make_shared<store::IncomingBlob>(parts->blobs.incoming());
    net::Request request;
    request.url = url;
    request.reply_file = file->path();
    request.max_reply = static_cast<std::size_t>(parts->most_bytes);
    request.timeout = time_for(request.max_reply);
    request.lane = net::Lane::campaign;
    parts->client.perform(std::move(request), [parts, row, file, done = std::move(done)](net::Reply reply) {
        parts->workers.post([parts, row, file, done, reply = std::move(reply)] {
            if (reply.in_file) {
                const auto type =
                    std::find_if(reply.headers.begin(), reply.headers.end(),
                                 [](const net::Header& header) { return header.name == "content-type"; });
                return done(looked_at(*parts, row, file, type == reply.headers.end() ? "" : type->value));
            }
            const bool came = reply.transport == net::Transport::ok;
            const Error why{came ? Code::provider_refused : Code::unavailable,
                            came ? "the file's address answered " + std::to_string(reply.status) : reply.text,
                            ""};
            done({fetch_failed(row, why, parts->clock.now_ms()), nullptr, ""});
        });
    });
}

}  // namespace

MediaFetch fetch_failed(MediaFetch row, const Error& why, std::int64_t now_ms) {
    const bool passing = why.code == Code::unavailable || why.code == Code::provider_refused;
    row.state = passing && row.attempts < MediaTransfers::most_fetch_tries ? "waiting" : "failed";
    row.due_at = now_ms + std::min(first_wait_ms << std::min(row.attempts, 20), longest_wait_ms);
    row.error = utf8_prefix(why.text, error_limit);
    return row;
}

void fetch(const std::shared_ptr<const Parts>& parts, const MediaFetch& row,
           std::function<void(Fetched)> done) {
    auto connection = parts->connections.open_any(store::Scope{row.tenant}, row.connection);
    if (!connection) return done({fetch_failed(row, connection.error(), parts->clock.now_ms()), nullptr, ""});
    if (!row.handle.empty() && connection->plugin->manifest().has_op("media.fetch"))
        return by_plugin(parts, *connection, row, std::move(done));
    if (!row.url.empty()) return by_address(parts, row, row.url, std::move(done));
    done({fetch_failed(row, {Code::unsupported, "its provider has no way to fetch a file by this name", ""},
                       parts->clock.now_ms()),
          nullptr, ""});
}

void store_fetched(store::Session& session, const Parts& parts, const Fetched& fetched) {
    MediaFetch row = fetched.row;
    if (!store::media_fetches::holds(session, row)) return;
    if (fetched.file) {
        const std::int64_t now = parts.clock.now_ms();
        store::Media media;
        media.id = store::reserve_ids(session, 1);
        media.tenant = row.tenant;
        media.sha256 = fetched.file->sha256;
        media.size = fetched.file->size;
        media.mime = fetched.mime;
        media.filename = domain::safe_filename(row.filename, fetched.mime);
        media.origin = "inbound";
        media.created_at = now;
        if (const auto stored = store::media::add(session, media, parts.tenant_bytes)) {
            row.media = stored->id;
        } else {
            row = fetch_failed(std::move(row),
                               {Code::too_large, "there is no room left for files of this tenant", ""}, now);
        }
    }
    store::media_fetches::finish(session, row);
}

}  // namespace dakiya::send
