#include "send/mail_files.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include "dakiya/encoding.hpp"

namespace dakiya::send {

namespace {

// A file of ours as if it had been fetched. What fails is told as a file that did not come, here and below:
// many may wait for it.
net::Reply on_disk(const std::string& path) try {
    std::ifstream in(path, std::ios::binary);
    net::Reply reply;
    reply.status = 200;
    reply.body.resize(MailFiles::most_bytes + 1);
    in.read(reply.body.data(), static_cast<std::streamsize>(reply.body.size()));
    reply.body.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    if (reply.body.size() > MailFiles::most_bytes)
        return net::no_reply(net::Transport::too_large, "files of mails may have 10 MiB at most");
    if (!in.is_open() || in.bad())
        return net::no_reply(net::Transport::closed, "it cannot be read from our disk");
    return reply;
} catch (const std::exception& error) {
    return net::no_reply(net::Transport::closed, error.what());
}

MailFiles::File encoded(net::Reply reply) {
    MailFiles::File file;
    file.transport = reply.transport;
    file.status = reply.status;
    file.text = std::move(reply.text);
    if (reply.transport != net::Transport::ok || reply.status != 200) return file;
    try {
        file.base64 = std::make_shared<const std::string>(base64_lines(reply.body));
    } catch (const std::exception& error) {
        file.transport = net::Transport::closed;
        file.text = error.what();
    }
    return file;
}

}  // namespace

MailFiles::MailFiles(net::HttpClient& client, const Clock& clock, Pool& workers)
    : client_(client), clock_(clock), workers_(workers) {}

void MailFiles::get(const std::string& url, const std::string& path, Done done) {
    const Steady now = clock_.steady();
    {
        std::unique_lock lock(mutex_);
        const auto known = entries_.find(url);
        if (known != entries_.end() && known->second.under_way)
            return known->second.waiting.push_back(std::move(done));
        if (known != entries_.end() && now - known->second.since < kept_for) {
            const File file = known->second.file;
            lock.unlock();
            return done(file);
        }
        Entry& entry = entries_[url];
        entry = {};
        entry.waiting.push_back(std::move(done));
    }
    if (!path.empty()) return workers_.post([this, url, path] { read(url, path); });
    net::Request request;
    request.url = url;
    request.max_reply = most_bytes;
    client_.perform(std::move(request), [this, url](net::Reply reply) {
        workers_.post([this, url, reply = std::move(reply)]() mutable { came(url, std::move(reply)); });
    });
}

void MailFiles::read(const std::string& url, const std::string& path) { came(url, on_disk(path)); }

// What did not come is not kept: whoever asks next tries again.
void MailFiles::came(const std::string& url, net::Reply reply) {
    const File file = encoded(std::move(reply));
    std::vector<Done> waiting;
    {
        const std::lock_guard lock(mutex_);
        Entry& entry = entries_[url];
        waiting = std::exchange(entry.waiting, {});
        entry.file = file;
        entry.since = clock_.steady();
        entry.under_way = false;
        if (!file.base64) entries_.erase(url);
        make_room(clock_.steady());
    }
    for (const Done& done : waiting) done(file);
}

void MailFiles::make_room(Steady now) {
    std::erase_if(entries_, [now](const auto& each) {
        return !each.second.under_way && now - each.second.since >= kept_for;
    });
    std::size_t sum = 0;
    for (const auto& [url, entry] : entries_) sum += entry.file.base64 ? entry.file.base64->size() : 0;
    while (sum > most_kept) {
        auto oldest = entries_.end();
        for (auto it = entries_.begin(); it != entries_.end(); ++it)
            if (!it->second.under_way &&
                (oldest == entries_.end() || it->second.since < oldest->second.since))
                oldest = it;
        sum -= oldest->second.file.base64->size();
        entries_.erase(oldest);
    }
}

}  // namespace dakiya::send
