#include "send/departure.hpp"

#include <algorithm>
#include <iterator>
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

// How many of the first messages one worker takes.
std::size_t share_of(const Job& job, std::span<const Message> messages) {
    std::size_t share = 0;
    for (std::size_t calls = 0; calls < calls_at_once && share < messages.size(); ++calls)
        share += batch_size(job.input, messages.subspan(share), job.batch, job.personal_batch);
    return share;
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
void launch(Departure& departure, Exchange& exchange, const DispatchInbox& inbox) {
    const Job& job = *departure.job;
    std::span<Message> left = departure.messages;
    try {
        for (std::uint64_t random = departure.random; !left.empty(); random += golden) {
            const auto batch = left.first(batch_size(job.input, left, job.batch, job.personal_batch));
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
            left = left.subspan(batch.size());
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
        const auto mine = left.first(share_of(*departure.job, left));
        left = left.subspan(mine.size());
        auto share = std::make_shared<Departure>(departure);
        share->messages.assign(std::make_move_iterator(mine.begin()), std::make_move_iterator(mine.end()));
        shares.emplace_back([share, &exchange, inbox] { launch(*share, exchange, inbox); });
        departure.random += golden * calls_at_once;
    }
    workers.post_all(std::move(shares));
}

}  // namespace dakiya::send
