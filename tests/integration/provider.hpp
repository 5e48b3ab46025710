// The other end of the wire: an HTTP client whose answers a test writes, on a thread of its own like the
// real one. Time is the test's clock.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "dakiya/json.hpp"
#include "net/http.hpp"

namespace dakiya {

class FakeProvider final : public net::HttpClient {
public:
    // What the provider does with one request; nothing: it never answers. On the client's thread.
    using Answer = std::function<std::optional<net::Reply>(const Json& input)>;

    FakeProvider(const Clock& clock, Answer answer);
    ~FakeProvider() override;

    void perform(net::Request request, net::Done done) override;
    void after(Millis delay, std::function<void()> work) override;

    // Replaces what it does from now on.
    void on_request(Answer answer);
    // Answers what hung until now with the present answer.
    void release();

    // Drops what came in and was not answered; when it returns, nobody is being answered.
    void forget();

    // How often each message (by its reference) came in.
    std::map<std::string, int> arrivals() const;
    std::size_t requests() const;
    std::size_t hanging() const;
    std::vector<std::int64_t> times() const;  // of the requests, by the clock

private:
    struct Asked {
        net::Request request;
        net::Done done;
        bool counted = false;
    };
    void loop();
    void serve(Asked asked);

    const Clock& clock_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Answer answer_;
    int releases_ = 0;
    std::vector<Asked> asked_, hanging_;
    std::multimap<Steady, std::function<void()>> timers_;
    std::map<std::string, int> arrivals_;
    std::vector<std::int64_t> times_;
    bool serving_ = false, ending_ = false;
    std::thread thread_;
};

// Answers of the scripted plugin's provider.
net::Reply records(const Json::Array& list);
Json sent_record(std::size_t to, const std::string& id);
Json failed_record(std::size_t to, const std::string& cls, const std::string& code,
                   std::int64_t retry_after_ms = 0, const std::string& text = "refused");
// Every recipient is sent; the id is the reference with "id-" before it.
net::Reply all_sent(const Json& input);
net::Reply no_answer(net::Transport transport, bool bytes_left);

}  // namespace dakiya
