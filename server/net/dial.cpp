#include "net/dial.hpp"

#include <algorithm>

namespace dakiya::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_addresses = 8;

Address to_address(const asio::ip::address& from) {
    Address to;
    to.v6 = from.is_v6();
    if (from.is_v6()) {
        const auto bytes = from.to_v6().to_bytes();
        std::copy(bytes.begin(), bytes.end(), to.bytes.begin());
    } else {
        const auto bytes = from.to_v4().to_bytes();
        std::copy(bytes.begin(), bytes.end(), to.bytes.begin());
    }
    return to;
}

}  // namespace

Dial::Dial(const Line& line, To to) : line_(line), to_(std::move(to)), socket_(line.io) {}

void Dial::start(Steady by, Done done) {
    by_ = by;
    done_ = std::move(done);
    line_.resolver.async_resolve(
        to_.host, std::to_string(to_.port),
        tcp::resolver::numeric_service | tcp::resolver::address_configured,
        [self = shared_from_this()](const ErrorCode& error, const tcp::resolver::results_type& found) {
            if (!self->done_) return;  // given up meanwhile
            if (error) {
                self->end(Transport::connect, "Cannot find " + self->to_.name + ": " + error.message() + ".");
            } else {
                self->use(found);
            }
        });
}

// Only these checked addresses are connected to: there is no second look-up that could answer differently.
void Dial::use(const tcp::resolver::results_type& found) {
    std::string_view refusal;
    for (const auto& entry : found) {
        const Address address = to_address(entry.endpoint().address());
        if (to_.guarded && !allowed(address, line_.guard)) {
            refusal = *refused_because(address);
        } else if (endpoints_.size() < most_addresses) {
            endpoints_.push_back(entry.endpoint());
        }
    }
    std::reverse(endpoints_.begin(), endpoints_.end());
    if (endpoints_.empty())
        return end(Transport::refused, to_.name + " is not on the public Internet (its address is " +
                                           std::string(refusal) +
                                           "); the operator can allow it in the address guard.");
    connect_next({});
}

void Dial::connect_next(ErrorCode last) {
    if (endpoints_.empty())
        return end(Transport::connect, "Cannot connect to " + to_.name + ": " + last.message() + ".");
    // An address that does not answer leaves the others their share of the time.
    const Steady now = std::chrono::steady_clock::now();
    const auto share = (by_ - now) / static_cast<int>(endpoints_.size());
    const tcp::endpoint endpoint = endpoints_.back();
    endpoints_.pop_back();
    if (!endpoints_.empty()) {
        timer_ = line_.timers.add(now + share, [this] {
            timer_.reset();
            ErrorCode ignored;  // of a socket that is given up
            socket_.close(ignored);
        });
    }
    socket_.async_connect(endpoint, [self = shared_from_this()](const ErrorCode& error) {
        if (self->done_) self->connected(error);
    });
}

void Dial::connected(const ErrorCode& error) {
    drop_timer();
    ErrorCode failure = error;
    if (!failure && !socket_.is_open()) failure = asio::error::timed_out;  // its time passed just now
    if (!failure) socket_.set_option(tcp::no_delay(true), failure);
    if (failure) {
        ErrorCode ignored;  // of a socket that is given up
        socket_.close(ignored);
        return connect_next(failure == asio::error::operation_aborted ? ErrorCode(asio::error::timed_out)
                                                                      : failure);
    }
    end(Transport::ok, {});
}

void Dial::end(Transport why, std::string text) {
    const Done done = std::exchange(done_, nullptr);
    done(why, std::move(text), std::move(socket_));
}

void Dial::cancel() {
    done_ = nullptr;
    drop_timer();
    ErrorCode ignored;  // of a socket that is given up
    socket_.close(ignored);
}

void Dial::expire() {
    const Done done = std::exchange(done_, nullptr);
    cancel();
    done(Transport::connect, "No connection to " + to_.name + " in time.", tcp::socket(line_.io));
}

void Dial::drop_timer() {
    if (timer_) line_.timers.cancel(*timer_);
    timer_.reset();
}

}  // namespace dakiya::net
