#include "provider.hpp"

#include <fstream>

namespace dakiya {

FakeProvider::FakeProvider(const Clock& clock, Answer answer)
    : clock_(clock), answer_(std::move(answer)), thread_([this] { loop(); }) {}

FakeProvider::~FakeProvider() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void FakeProvider::perform(net::Request request, net::Done done) {
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back({std::move(request), std::move(done)});
    }
    wake_.notify_all();
}

void FakeProvider::after(Millis delay, std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        timers_.emplace(clock_.steady() + delay, std::move(work));
    }
    wake_.notify_all();
}

void FakeProvider::on_request(Answer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

void FakeProvider::release() {
    {
        const std::lock_guard lock(mutex_);
        ++releases_;
        std::move(hanging_.begin(), hanging_.end(), std::back_inserter(asked_));
        hanging_.clear();
    }
    wake_.notify_all();
}

void FakeProvider::forget() {
    std::unique_lock lock(mutex_);
    asked_.clear();
    hanging_.clear();
    timers_.clear();
    wake_.wait(lock, [this] { return !serving_; });
    hanging_.clear();
}

std::map<std::string, int> FakeProvider::arrivals() const {
    const std::lock_guard lock(mutex_);
    return arrivals_;
}

std::size_t FakeProvider::requests() const {
    const std::lock_guard lock(mutex_);
    return times_.size();
}

std::size_t FakeProvider::hanging() const {
    const std::lock_guard lock(mutex_);
    return hanging_.size();
}

std::vector<std::int64_t> FakeProvider::times() const {
    const std::lock_guard lock(mutex_);
    return times_;
}

void FakeProvider::loop() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
        // The clock is moved by hand, so it is looked at often.
        if (asked_.empty()) wake_.wait_for(lock, Millis(1));
        std::vector<Asked> asked = std::exchange(asked_, {});
        std::vector<std::function<void()>> due;
        while (!timers_.empty() && timers_.begin()->first <= clock_.steady()) {
            due.push_back(std::move(timers_.begin()->second));
            timers_.erase(timers_.begin());
        }
        serving_ = true;
        lock.unlock();
        for (const auto& work : due) work();
        for (Asked& one : asked) serve(std::move(one));
        lock.lock();
        serving_ = false;
        wake_.notify_all();
    }
}

void FakeProvider::serve(Asked asked) {
    if (!asked.counted && asked.request.not_after && clock_.steady() >= *asked.request.not_after)
        return asked.done(no_answer(net::Transport::refused, false));
    const Json input =
        asked.request.body.empty() ? Json{{"url", asked.request.url}} : Json::parse(asked.request.body);
    Answer answer;
    int releases = 0;
    {
        const std::lock_guard lock(mutex_);
        answer = answer_;
        releases = releases_;
        if (!std::exchange(asked.counted, true)) {
            times_.push_back(clock_.now_ms());
            for (const Json& to : input["to"]) ++arrivals_[to.at("ref").text()];
        }
    }
    if (auto reply = answer(input)) {
        if (!asked.request.reply_file.empty() && reply->status / 100 == 2) {
            std::ofstream(asked.request.reply_file, std::ios::binary) << std::exchange(reply->body, {});
            reply->in_file = true;
        }
        return asked.done(std::move(*reply));
    }
    // Released while it was being looked at: asked again.
    const std::lock_guard lock(mutex_);
    (releases == releases_ ? hanging_ : asked_).push_back(std::move(asked));
}

net::Reply records(const Json::Array& list) {
    net::Reply reply;
    reply.bytes_left = true;
    reply.status = 200;
    reply.body = Json::array(list).dump();
    return reply;
}

Json sent_record(std::size_t to, const std::string& id) {
    return Json::array(
        {"result", Json{{"to", static_cast<std::int64_t>(to)}, {"status", "sent"}, {"id", id}}});
}

Json failed_record(std::size_t to, const std::string& cls, const std::string& code,
                   std::int64_t retry_after_ms, const std::string& text) {
    const Json error{{"class", cls}, {"code", code}, {"text", text}, {"retry_after_ms", retry_after_ms}};
    return Json::array(
        {"result", Json{{"to", static_cast<std::int64_t>(to)}, {"status", "failed"}, {"error", error}}});
}

net::Reply all_sent(const Json& input) {
    Json::Array list;
    const auto& to = input.at("to").items();
    for (std::size_t i = 0; i < to.size(); ++i)
        list.push_back(sent_record(i, "id-" + to[i].at("ref").text()));
    return records(list);
}

net::Reply no_answer(net::Transport transport, bool bytes_left) {
    net::Reply reply = net::no_reply(transport, "the wire broke");
    reply.bytes_left = bytes_left;
    return reply;
}

}  // namespace dakiya
