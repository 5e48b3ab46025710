#include "send/departure.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include <spdlog/spdlog.h>

#include "send/answer.hpp"
#include "send/input.hpp"
#include "send/verdict.hpp"

namespace dakiya::send {

namespace {

using store::Message;

constexpr std::size_t calls_at_once = 16;  // by one worker; the others take the next ones

// Steps between numbers of a sequence that fills the range evenly (Weyl).
constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;

// What one worker takes.
struct Share {
    Departure departure;
    std::vector<std::size_t> calls;  // how many of its messages go in each
};

// Of the first messages.
std::vector<std::size_t> calls_of(const Job& job, std::span<const Message> messages) {
    std::vector<std::size_t> calls;
    while (calls.size() < calls_at_once && !messages.empty()) {
        calls.push_back(batch_size(job.input, messages, job.batch, job.personal_batch));
        messages = messages.subspan(calls.back());
    }
    return calls;
}

Call call_for(const Departure& departure, std::span<const Message> messages) {
    const Job& job = *departure.job;
    Call call = call_to(job.connection, "send");
    call.input = send_input(job.input, messages);
    call.recipients = messages.size();
    call.files = job.files;
    call.lane = net::Lane::campaign;
    call.not_after = departure.not_after;
    call.pace = pace_of(departure.campaign, departure.per_second, static_cast<int>(messages.size()));
    call.place = departure.place;
    return call;
}

// On a worker's thread.
void launch(Share& share, Exchange& exchange, const DispatchInbox& inbox) {
    Departure& departure = share.departure;
    std::span<Message> left = departure.messages;
    std::uint64_t random = departure.random;
    try {
        for (const std::size_t size : share.calls) {
            const auto batch = left.first(size);
            Call call = call_for(departure, batch);
            std::vector<Message> messages(std::make_move_iterator(batch.begin()),
                                          std::make_move_iterator(batch.end()));
            exchange.run_here(
                std::move(call), [inbox, runner = departure.runner, begun_at = departure.begun_at, random,
                                  messages = std::move(messages)](const Ended& ended) mutable {
                    Sent sent{runner, {}, events_of(ended), begun_at};
                    auto verdicts = judge(ended, messages.size(), 1, random);
                    sent.verdicts.reserve(messages.size());
                    for (std::size_t i = 0; i < messages.size(); ++i)
                        sent.verdicts.emplace_back(std::move(messages[i]), std::move(verdicts[i]));
                    inbox->put_quietly(std::move(sent));
                });
            left = left.subspan(size);
            random += golden;
        }
    } catch (const std::exception& error) {
        spdlog::error("campaign {}: {} marked messages do not leave: {}", departure.campaign, left.size(),
                      error.what());
        inbox->put(NotLaunched{departure.runner, left.size()});
    }
}

}  // namespace

void depart(Departure departure, Exchange& exchange, Pool& workers, const DispatchInbox& inbox) {
    std::vector<Message> messages = std::exchange(departure.messages, {});
    std::vector<Pool::Work> shares;
    for (std::span<Message> left = messages; !left.empty();) {
        auto share = std::make_shared<Share>(Share{departure, calls_of(*departure.job, left)});
        const auto mine =
            left.first(std::accumulate(share->calls.begin(), share->calls.end(), std::size_t{0}));
        left = left.subspan(mine.size());
        share->departure.messages.assign(std::make_move_iterator(mine.begin()),
                                         std::make_move_iterator(mine.end()));
        shares.emplace_back([share, &exchange, inbox] { launch(*share, exchange, inbox); });
        departure.random += golden * calls_at_once;
    }
    workers.post_all(std::move(shares));
}

}  // namespace dakiya::send
