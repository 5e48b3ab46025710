// Source of the shape: developers.facebook.com/docs/whatsapp/cloud-api/webhooks
#include "commands.hpp"
#include "meta_payloads.hpp"
#include "open_loop.hpp"
#include "wire.hpp"

#include <deque>
#include <ostream>
#include <stdexcept>

namespace load {

using dakiya::Json;

namespace {

constexpr const char* statuses[] = {"sent", "delivered", "read"};
constexpr std::size_t page = 2'000;

// One status of one entry of the simulator's ledger.
std::string report(const Reports& reports, const Json& entry, std::size_t which) {
    const std::string to = entry.at("to").text().substr(1);
    const std::int64_t second = entry.at("at").integer() / 1000 + static_cast<std::int64_t>(which);
    const Json status{{"id", entry.at("id")},
                      {"status", statuses[which]},
                      {"timestamp", std::to_string(second)},
                      {"recipient_id", to},
                      {"biz_opaque_callback_data", entry.at("ref")}};
    const Json value{{"messaging_product", "whatsapp"},
                     {"metadata", Json{{"display_phone_number", "15550783881"},
                                       {"phone_number_id", reports.phone_number_id}}},
                     {"statuses", Json::array({status})}};
    const Json change{{"field", "messages"}, {"value", value}};
    return Json{{"object", "whatsapp_business_account"},
                {"entry", Json::array({Json{{"id", reports.waba_id}, {"changes", Json::array({change})}}})}}
        .dump();
}

// Reads the ledger while it grows and sends what became due.
class Feed {
public:
    Feed(const Webhooks& plan, boost::asio::io_context& io)
        : plan_(plan),
          url_(url_of(plan.url)),
          client_(io),
          poll_(io, 10, [this](std::int64_t) { return poll(); }),
          loop_(io, plan.per_second, [this](std::int64_t due) { return fire(due); }),
          ledger_(plan.reports.ledger) {
        client_.set_limits(static_cast<std::size_t>(plan.connections), std::chrono::seconds(30));
    }

    void start() {
        poll_.start();
        loop_.start();
    }

    Json result() const {
        if (!refusal_.empty()) throw std::runtime_error("a webhook was not taken: " + refusal_);
        Json out = latencies_.summary();
        out.set("slots_without_report", empty_slots_);
        return out;
    }

private:
    bool poll() {
        const std::vector<std::string> lines = ledger_.lines(page);
        std::vector<Json> entries;
        for (const std::string& line : lines) entries.push_back(Json::parse(line));
        for (std::size_t which = 0; which < std::size(statuses); ++which)
            for (const Json& entry : entries) ready_.push_back(report(plan_.reports, entry, which));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            repeats_ += plan_.repeat_percent / 100;
            if (repeats_ < 1) continue;
            repeats_ -= 1;
            ready_.push_back(report(plan_.reports, entries[i], 1));
        }
        seen_ += entries.size();
        if (!entries.empty()) last_seen_us_ = now_us();
        constexpr std::int64_t patience_us = 30'000'000;
        if (last_seen_us_ != 0 && now_us() - last_seen_us_ > patience_us)
            throw std::runtime_error("the provider accepted " + std::to_string(seen_) + " messages, not " +
                                     std::to_string(plan_.messages) + ", and then none for 30 seconds");
        return seen_ < plan_.messages;
    }

    bool fire(std::int64_t due) {
        if (ready_.empty()) {  // nothing was accepted yet that could be reported
            if (seen_ >= plan_.messages) return false;
            if (seen_ > 0) ++empty_slots_;
            return true;
        }
        const std::string body = std::move(ready_.front());
        ready_.pop_front();
        const std::string headers = "Content-Type: application/json\r\nX-Hub-Signature-256: " +
                                    sim::meta_signature(plan_.reports.app_secret, body) + "\r\n";
        client_.send(url_, request_text("POST", url_, headers, body), [this, due](sim::Answer answer) {
            if (answer.status != 200) refusal_ = std::to_string(answer.status) + ' ' + answer.text;
            latencies_.add(now_us() - due);
        });
        return true;
    }

    const Webhooks& plan_;
    sim::Url url_;
    sim::Client client_;
    OpenLoop poll_, loop_;
    Ledger ledger_;
    std::deque<std::string> ready_;
    double repeats_ = 0;
    std::size_t seen_ = 0, empty_slots_ = 0;
    std::int64_t last_seen_us_ = 0;
    Latencies latencies_;
    std::string refusal_;
};

}  // namespace

Json write_reports(const Reports& reports, std::size_t count, std::ostream& out) {
    Ledger ledger(reports.ledger);
    std::size_t written = 0;
    while (written < count) {
        const std::vector<std::string> lines = ledger.lines(page);
        if (lines.empty()) break;
        for (const std::string& line : lines) {
            const Json entry = Json::parse(line);
            for (std::size_t which = 0; which < std::size(statuses) && written < count; ++which, ++written) {
                const std::string body = report(reports, entry, which);
                out << sim::meta_signature(reports.app_secret, body) << ' ' << body << '\n';
            }
        }
    }
    if (written < count)
        throw std::runtime_error("the ledger has messages for " + std::to_string(written) +
                                 " reports only, not for " + std::to_string(count));
    return {{"written", written}};
}

Json webhooks(const Webhooks& plan) {
    boost::asio::io_context io;
    Feed feed(plan, io);
    feed.start();
    io.run();
    return feed.result();
}

}  // namespace load
