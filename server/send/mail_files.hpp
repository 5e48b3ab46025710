// Files that mails bring along, fetched from where the tenant keeps them: once for all messages that ask
// within a minute. [any thread]
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/pool.hpp"
#include "net/http.hpp"

namespace dakiya::send {

class MailFiles {
public:
    struct File {
        std::shared_ptr<const std::string> base64;  // in lines of 76 (RFC 2045 6.8); null: it did not come
        net::Transport transport = net::Transport::ok;
        int status = 0;    // of the HTTP answer
        std::string text;  // why transport is not ok
    };
    using Done = std::function<void(const File&)>;

    // All must outlive whatever was asked for. `workers`: encoding a large file takes a while.
    MailFiles(net::HttpClient& client, const Clock& clock, Pool& workers);

    // `done` is called once: at once on this thread when the file is here, else on a worker's.
    // path: where it is on our disk; empty: it is fetched from the url.
    void get(const std::string& url, const std::string& path, Done done);

    static constexpr std::size_t most_bytes = 10U << 20U;  // of a file
    static constexpr std::size_t most_kept = 64U << 20U;   // bytes in base64
    static constexpr Millis kept_for{60'000};

private:
    struct Entry {
        File file;  // once nobody waits
        Steady since{};
        std::vector<Done> waiting;
        bool under_way = true;
    };

    void read(const std::string& url, const std::string& path);
    void came(const std::string& url, net::Reply reply);
    void make_room(Steady now);

    net::HttpClient& client_;
    const Clock& clock_;
    Pool& workers_;
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
};

}  // namespace dakiya::send
