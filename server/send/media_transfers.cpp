#include "send/media_transfers.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include <spdlog/spdlog.h>

#include "domain/media.hpp"
#include "send/media_fetch.hpp"
#include "send/media_upload.hpp"

namespace dakiya::send {

namespace {

constexpr Millis round_every{500};

}  // namespace

// [any thread]
class MediaTransfers::UnderWay {
public:
    void begin(std::set<Id> UnderWay::*kind, Id id) {
        const std::lock_guard lock(mutex_);
        (this->*kind).insert(id);
    }

    void end(std::set<Id> UnderWay::*kind, Id id) {
        {
            const std::lock_guard lock(mutex_);
            (this->*kind).erase(id);
        }
        changed_.notify_all();
    }

    std::vector<Id> all(std::set<Id> UnderWay::*kind) {
        const std::lock_guard lock(mutex_);
        return {(this->*kind).begin(), (this->*kind).end()};
    }

    std::size_t room() {
        const std::lock_guard lock(mutex_);
        return at_once - std::min(at_once, uploads.size() + fetches.size());
    }

    // Until one has ended, or so long.
    void wait(Millis limit) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, limit);
    }

    std::set<Id> uploads;  // handles
    std::set<Id> fetches;  // messages

private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

MediaTransfers::MediaTransfers(Parts parts)
    : parts_(std::make_shared<const Parts>(std::move(parts))),
      under_way_(std::make_shared<UnderWay>()),
      rounds_("media", bell_, round_every, [this] {
          round();
          return false;
      }) {}

MediaTransfers::~MediaTransfers() { stop(); }

void MediaTransfers::round() {
    renew();
    take_uploads();
    take_fetches();
}

// What is on its way stays ours.
void MediaTransfers::renew() {
    const Steady now = parts_->clock.steady();
    const auto uploads = under_way_->all(&UnderWay::uploads);
    const auto fetches = under_way_->all(&UnderWay::fetches);
    if (uploads.empty() && fetches.empty()) renewed_at_ = now;
    if (now - renewed_at_ < lease / 3) return;
    parts_->writer.run([&, until = parts_->clock.now_ms() + lease.count()](store::Session& session) {
        store::media_handles::renew(session, uploads, until);
        store::media_fetches::renew(session, fetches, until);
    });
    renewed_at_ = now;
}

void MediaTransfers::take_uploads() {
    const std::int64_t now = parts_->clock.now_ms();
    const auto room = static_cast<int>(under_way_->room());
    if (room == 0) return;
    if (!parts_->db.read(
            [&](store::Session& session) { return store::media_handles::any_due(session, now); }))
        return;
    std::vector<store::MediaHandle> rows;
    parts_->writer.run([&](store::Session& session) {
        rows = store::media_handles::take(session, now, now + lease.count(), room);
    });
    for (const store::MediaHandle& row : rows) begin(&UnderWay::uploads, row.id, [&] { begin_upload(row); });
}

void MediaTransfers::begin_upload(const store::MediaHandle& row) {
    upload(parts_, row, [parts = parts_, under_way = under_way_](const store::MediaHandle& ended) {
        if (ended.state != "ready")
            spdlog::warn("upload of {} through connection {} (try {}): {}",
                         format_id(prefix::media, ended.media), ended.connection, ended.attempts,
                         ended.error);
        parts->writer.submit(
            [ended](store::Session& session) { store::media_handles::finish(session, ended); },
            [under_way, id = ended.id](const std::exception_ptr& error) {
                if (error) spdlog::error("media: the end of an upload is not written; it is done again");
                under_way->end(&UnderWay::uploads, id);
            });
    });
}

void MediaTransfers::take_fetches() {
    const std::int64_t now = parts_->clock.now_ms();
    const auto room = static_cast<int>(under_way_->room());
    if (room == 0) return;
    if (!parts_->db.read(
            [&](store::Session& session) { return store::media_fetches::any_due(session, now); }))
        return;
    std::vector<store::MediaFetch> rows;
    parts_->writer.run([&](store::Session& session) {
        rows = store::media_fetches::take(session, now, now + lease.count(), room);
    });
    for (const store::MediaFetch& row : rows)
        begin(&UnderWay::fetches, row.message, [&] { begin_fetch(row); });
}

void MediaTransfers::begin_fetch(const store::MediaFetch& row) {
    fetch(parts_, row, [parts = parts_, under_way = under_way_](const Fetched& ended) {
        if (!ended.file)
            spdlog::warn("the file of {} (try {}): {}", format_id(prefix::message, ended.row.message),
                         ended.row.attempts, ended.row.error);
        parts->writer.submit(
            [parts, ended](store::Session& session) { store_fetched(session, *parts, ended); },
            [under_way, id = ended.row.message](const std::exception_ptr& error) {
                if (error) spdlog::error("media: a fetched file is not stored; it is fetched again");
                under_way->end(&UnderWay::fetches, id);
            });
    });
}

// One that cannot even begin (the database, the disk) is taken again when its lease ends.
void MediaTransfers::begin(std::set<Id> UnderWay::*kind, Id id, const std::function<void()>& work) {
    under_way_->begin(kind, id);
    try {
        work();
    } catch (const std::exception& error) {
        spdlog::error("media: a transfer cannot begin: {}", error.what());
        under_way_->end(kind, id);
    }
}

Result<void> MediaTransfers::upload_now(store::Scope scope, std::span<const store::MediaKey> keys,
                                        Millis patience) {
    // Somebody waits: by the clock on the wall, as in send/ask.
    const auto until = std::chrono::steady_clock::now() + patience;
    bool afresh = true;
    for (;;) {
        const std::int64_t now = parts_->clock.now_ms();
        std::vector<store::MediaHandle> handles;
        const auto look = [&](store::Session& session, bool write) {
            handles.clear();
            for (const store::MediaKey& key : keys) {
                if (write) {
                    handles.push_back(store::media_handles::want(session, scope, key, afresh, now));
                } else if (auto handle = store::media_handles::find(session, scope, key)) {
                    handles.push_back(*std::move(handle));
                }
            }
        };
        parts_->db.read([&](store::Session& session) { look(session, false); });
        const bool rest =
            handles.size() == keys.size() &&
            std::all_of(handles.begin(), handles.end(),
                        [now](const store::MediaHandle& handle) { return handle.at_rest(now); });
        if (rest) return {};
        if (afresh || handles.size() < keys.size()) {
            parts_->writer.run([&](store::Session& session) { look(session, true); });
            bell_.ring();
        }
        afresh = false;
        bool all = true;
        for (const store::MediaHandle& handle : handles) {
            if (handle.usable(now)) continue;
            all = false;
            if (handle.state == "failed") return Error{Code::provider_refused, handle.error, "content"};
        }
        if (all) return {};
        if (std::chrono::steady_clock::now() >= until)
            return Error{Code::unavailable,
                         "the file is still on its way to the provider; try again in a moment", ""};
        under_way_->wait(Millis(50));
    }
}

}  // namespace dakiya::send
