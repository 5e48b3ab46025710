#include "send/exchange.hpp"

#include <map>
#include <utility>

#include <spdlog/spdlog.h>

#include "send/answer.hpp"
#include "send/connections.hpp"
#include "send/hints.hpp"
#include "send/mail_effect.hpp"
#include "send/retry_after.hpp"
#include "send/unauthorized.hpp"

namespace dakiya::send {

namespace {

using plugin::Effect;
using plugin::Output;
using plugin::Record;

// Operations that reach a person: a lost answer must not be guessed at, by nobody.
bool reaches_a_person(std::string_view op) { return op == "send" || op == "otp.send" || op == "otp.resend"; }

// Operations that report turn by turn may block on the store, so they never run where somebody is in a hurry.
Pool& pool_for(const Exchange::Parts& parts, const Call& call) {
    if (call.lane == net::Lane::campaign || call.on_turn) return parts.workers;
    return call.lane == net::Lane::otp ? parts.otp_workers : parts.single_workers;
}

std::shared_ptr<Credential> credential_of(const Exchange::Parts& parts, const Call& call) {
    if (!parts.credentials || call.op == "authorize" || !call.connection->manifest().has_op("authorize"))
        return nullptr;
    return parts.credentials->of({call.tenant, call.connection_id, call.version});
}

}  // namespace

Call call_to(const OpenConnection& connection, std::string op) {
    Call call;
    call.connection = connection.plugin;
    call.connection_id = connection.id;
    call.tenant = connection.tenant;
    call.version = connection.version;
    call.op = std::move(op);
    return call;
}

// One operation on its way. Kept alive by whoever has to call it next: a worker, the limiter, the client.
class Exchange::Run : public std::enable_shared_from_this<Run> {
public:
    Run(std::shared_ptr<const Parts> parts, MailFiles& files, Call call, std::function<void(Ended)> done)
        : kept_(std::move(parts)),
          parts_(*kept_),
          files_(files),
          call_(std::move(call)),
          done_(std::move(done)),
          workers_(pool_for(parts_, call_)),
          breaker_key_(std::to_string(call_.connection_id)),
          person_(reaches_a_person(call_.op)),
          credential_(credential_of(parts_, call_)),
          first_step_(call_.step),
          first_memo_(call_.memo) {}

    void start() {
        workers_.post([self = shared_from_this()] { self->turn(); });
    }

    // On a worker's thread.
    void turn() {
        guarded([this] { take_turn(); });
    }

private:
    // The wall of an operation: whatever fails on a worker, `done` hears of an end, and once. What `done`
    // throws itself is for the wall behind this one.
    template <class Work>
    void guarded(const Work& work) {
        if (!done_) return;  // it has ended after a failure, whatever still comes
        try {
            work();
        } catch (const std::exception& error) {
            if (!done_) throw;
            spdlog::error("{} through connection {}: {}", call_.op, call_.connection_id, error.what());
            if (std::exchange(judging_, false)) parts_.breaker.succeeded(breaker_key_);
            ended_.cls = domain::Class::plugin;
            ended_.code = "internal";
            ended_.text = "the server failed in the middle of this call; its log says why";
            end(answered_ || handed_over_ ? Ended::How::unknown : Ended::How::fault);
        }
    }

    void take_turn() {
        plugin::Turn turn;
        turn.op = call_.op;
        turn.input = call_.input;
        turn.recipients = call_.recipients;
        turn.step = call_.step;
        turn.memo = call_.memo;
        turn.reply = reply_ ? &*reply_ : nullptr;
        turn.now_ms = parts_.clock.now_ms();
        const std::string given = take_credential();
        turn.credential = given;
        if (!reply_) given_ = given;
        Output out = call_.connection->advance(turn);
        ++turns_;
        if (reply_) heed_retry_after(out.records, *reply_, turn.now_ms);
        heed_limits(parts_.limiter, parts_.limits, call_.connection->manifest(), call_.connection_id, limit_,
                    out.records);
        if (std::exchange(judging_, false)) tell_breaker(out.records);
        if (wants_another_credential(out)) return renew(std::move(out));
        take_records(out);
        if (out.status != 0) return end_fault(out.explanation);
        if (!out.effect) return end(Ended::How::finished);
        if (turns_ >= (call_.op.ends_with(".list") ? most_list_turns : most_turns))
            return end_fault("the operation took more turns than are allowed (docs/design.md 3.3, rule 1)");
        effect_ = std::move(*out.effect);
        given_ = given;
        call_.step = effect_.step;
        call_.memo = effect_.memo;
        perform();
    }

    // ---- credentials (docs/design.md 6.8)

    // What this turn is given. One that is about to end is renewed meanwhile.
    std::string take_credential() {
        if (!credential_) return {};
        std::string given = credential_->current();
        if (turns_ == 0 && credential_->due()) credential_->renew(given, ways(), [](const NoCredential*) {});
        return given;
    }

    // Class `auth`, for want of a credential or because the provider refuses this one: each once an
    // operation, and never when a copy may have arrived.
    bool wants_another_credential(const Output& out) const {
        if (!credential_ || (given_.empty() ? fetched_ : renewed_) || out.status != 0 || out.effect ||
            ended_.earlier_copy)
            return false;
        return unauthorized(call_.op, call_.recipients, out.records);
    }

    void renew(Output out) {
        (given_.empty() ? fetched_ : renewed_) = true;
        credential_->renew(given_, ways(),
                           [self = shared_from_this(),
                            out = std::make_shared<Output>(std::move(out))](const NoCredential* why) {
                               if (!why) return self->begin_anew();
                               if (!why->text.empty()) explain(out->records, *why);
                               self->workers_.post([self, out] {
                                   self->guarded([&] {
                                       self->take_records(*out);
                                       self->end(Ended::How::finished);
                                   });
                               });
                           });
    }

    void begin_anew() {
        call_.step = first_step_;
        call_.memo = first_memo_;
        reply_.reset();
        answered_ = false;
        ended_.records.clear();
        start();
    }

    Credential::Ways ways() {
        Call login;
        login.connection = call_.connection;
        login.connection_id = call_.connection_id;
        login.op = "authorize";
        login.input = "{}";
        login.lane = call_.lane;
        return {[parts = kept_, &files = files_, login](std::function<void(Ended)> done) {
                    std::make_shared<Run>(parts, files, login, std::move(done))->start();
                },
                [&workers = parts_.workers](std::function<void()> work) { workers.post(std::move(work)); },
                [&client = parts_.client](Millis delay, std::function<void()> work) {
                    client.after(delay, std::move(work));
                }};
    }

    void take_records(Output& out) {
        if (call_.on_turn) {
            const bool last = out.status != 0 || !out.effect;
            call_.on_turn(std::move(out.records), last ? "" : out.effect->step, last ? "" : out.effect->memo);
            return;
        }
        std::move(out.records.begin(), out.records.end(), std::back_inserter(ended_.records));
    }

    void tell_breaker(const std::vector<Record>& records) {
        if (means_trouble(records))
            parts_.breaker.failed(breaker_key_);
        else
            parts_.breaker.succeeded(breaker_key_);
    }

    void perform() {
        if (effect_.kind == "wait/1") return wait();
        if (effect_.kind == "mail/1" && parts_.mail != nullptr) {
            auto wish = read_mail(effect_.json);
            if (!wish) return end_fault(wish.error().text);
            mail_ = *std::move(wish);
            limit_ = mail_.limit;
        } else if (effect_.kind == "http") {
            limit_ = effect_.http.limit;
        } else {
            return end_fault("the effect \"" + effect_.kind + "\" is not one that this server performs");
        }
        if (auto pace = std::exchange(call_.pace, std::nullopt)) return wait_for_pace(std::move(*pace));
        wait_for_limit();
    }

    // A campaign's own pace goes by messages, and before the provider's limit, which goes by calls.
    void wait_for_pace(net::Limiter::Draw pace) {
        const int messages = pace.permits;
        const auto place = call_.place;  // wait_for_limit() takes it, here or meanwhile on another thread
        take(std::move(pace), [this] { wait_for_limit(); });
        if (place) place->at_pace(messages);
    }

    void wait_for_limit() {
        const plugin::Manifest& manifest = call_.connection->manifest();
        const std::string& name = limit_;
        const auto place = std::exchange(call_.place, nullptr);
        const auto rate = parts_.limits.rate(manifest, name, call_.connection_id);
        if (!rate) {
            if (place) place->at_limit("", 0);
            return request();
        }
        net::Limiter::Draw draw;
        draw.key = limit_key(call_.connection_id, name);
        draw.per_second = parts_.limits.published(manifest, name).value_or(*rate);
        take(draw, [this] { request(); });
        if (place) place->at_limit(draw.key, draw.per_second);
    }

    // Goes on with `next`, or ends, when the limit's turn comes or cannot come in time.
    void take(net::Limiter::Draw draw, std::function<void()> next) {
        draw.lane = call_.lane;
        draw.not_after = call_.not_after;
        const bool waiting = parts_.limiter.take(
            std::move(draw),
            [self = shared_from_this(), next = std::move(next)](const net::Limiter::Turn& turn) {
                if (turn.go) return next();
                self->end_untried("its turn would have come too late", turn.wait);
            });
        if (!waiting) end_untried("too many requests wait for this connection's limit already", Millis(1000));
    }

    void wait() {
        std::int64_t ms = 0;
        try {
            ms = Json::parse(effect_.json).value("ms", 0);
        } catch (const JsonError& error) {
            return end_fault(std::string("the effect wait/1 has no usable \"ms\": ") + error.what());
        }
        parts_.client.after(Millis(std::clamp<std::int64_t>(ms, 0, 600'000)), [self = shared_from_this()] {
            plugin::Reply reply;
            reply.status = 200;
            self->next_turn(std::move(reply));
        });
    }

    void request() {
        if (!done_) return;  // as in guarded
        if (const auto closed_for = parts_.breaker.ask(breaker_key_)) {
            ended_.untried = true;
            return end_not_sent("breaker",
                                "the provider has failed too often just now; waiting before the next try",
                                *closed_for);
        }
        if (effect_.kind == "mail/1") return fetch_files(0);
        const bool with_files = moves_files(effect_.http);
        // Needed again only when it may be repeated.
        plugin::HttpRequest http =
            effect_.http.repeatable || with_files ? effect_.http : std::move(effect_.http);
        net::Request request = to_request(std::move(http));
        request.not_after = call_.not_after;
        request.lane = call_.lane;
        if (with_files)
            if (const auto ready = move_files(request); !ready) return end_without_files(ready.error());
        handed_over_ = true;
        parts_.client.perform(std::move(request), [self = shared_from_this()](net::Reply reply) {
            self->answered(to_answer(std::move(reply)));
        });
    }

    Result<void> move_files(net::Request& request) {
        if (auto lent = lend_files(effect_.http, call_.files.get(), parts_.blobs, request); !lent)
            return lent;
        incoming_.reset();
        if (!effect_.http.reply_to_blob) return {};
        auto incoming = reply_as_file(parts_.blobs, call_.most_reply, request);
        if (!incoming) return incoming.error();
        incoming_ = *std::move(incoming);
        return {};
    }

    // Not on a worker. A wish that cannot be granted is the plugin's fault; a disk that fails is not.
    void end_without_files(const Error& error) {
        if (error.code == Code::unavailable) return end_not_sent("file", error.text, Millis(0));
        ended_.how = answered_ ? Ended::How::unknown : Ended::How::fault;
        ended_.cls = domain::Class::plugin;
        ended_.code = "plugin";
        ended_.text = error.text;
        finish_on_worker();
    }

    // The number under which the plugin hears of a reply that went to a file.
    std::uint64_t kept_reply(bool in_file) {
        const auto file = std::exchange(incoming_, nullptr);
        if (!file || !in_file) return 0;
        const std::uint64_t number = ended_.replies.size() + 1;
        ended_.replies.emplace(number, file);
        return number;
    }

    // One after the other; most mails have none. Nothing has left us until all are there.
    void fetch_files(std::size_t next) {
        if (next == mail_.files.size()) return mail();
        const std::string& url = mail_.files[next].url;
        std::string path;
        if (call_.files) {
            auto ours = mail_file(url, call_.files.get(), parts_.blobs);
            if (ours)
                path = *std::move(ours);
            else if (ours.error().code != Code::not_found)
                return end_not_sent("attachment", ours.error().text, Millis(0));
        }
        files_.get(url, path, [self = shared_from_this(), next](const MailFiles::File& file) {
            self->guarded([&] { self->take_file(next, file); });
        });
    }

    void take_file(std::size_t next, const MailFiles::File& file) {
        const MailWish::File& wanted = mail_.files[next];
        if (file.base64) {
            mail_.request.message[wanted.piece] = file.base64;
            return fetch_files(next + 1);
        }
        if (file.transport != net::Transport::ok)
            return end_not_sent("attachment", "a file for the mail did not come: " + file.text, Millis(0));
        next_turn(file_reply(file.status, wanted.url));
    }

    void mail() {
        mail_.request.not_after = call_.not_after;
        mail_.request.lane = call_.lane;
        handed_over_ = true;
        parts_.mail->send(std::move(mail_.request), [self = shared_from_this()](net::MailReply reply) {
            self->answered(to_answer(std::move(reply)));
        });
    }

    // On the client's thread: decide, then hand over to a worker.
    void answered(Answer answer) {
        handed_over_ = false;
        const bool reached = answer.transport == net::Transport::ok;
        if (incoming_) answer.seen.blob = kept_reply(reached && answer.in_file);
        // A refusal is our own (guard, deadline, bad URL) and says nothing about the provider.
        if (reached && person_)
            judging_ = true;
        else if (reached)
            parts_.breaker.succeeded(breaker_key_);
        else if (answer.transport != net::Transport::refused)
            parts_.breaker.failed(breaker_key_);

        if (reached || !person_) {
            answered_ = true;
            return next_turn(std::move(answer.seen));
        }
        if (answer.untried) return end_untried(answer.text, Millis(1000));
        if (!answer.left)
            return end_not_sent(std::string(net::to_string(answer.transport)), answer.text, Millis(0));
        if (effect_.http.repeatable && repeats_ < most_repeats) {
            ++repeats_;
            parts_.client.after(Millis(200) * (1 << repeats_),
                                [self = shared_from_this()] { self->perform(); });
            return;
        }
        end_unknown(std::string(net::to_string(answer.transport)), answer.text);
    }

    void next_turn(plugin::Reply reply) {
        if (std::exchange(repeats_, 0) > 0) ended_.earlier_copy = true;
        reply_ = std::move(reply);
        start();
    }

    // A fault after an answer came: nobody can say what happened to the message.
    void end_fault(const std::string& explanation) {
        ended_.cls = domain::Class::plugin;
        ended_.code = "plugin";
        ended_.text = explanation;
        end(answered_ ? Ended::How::unknown : Ended::How::fault);
    }

    void end_unknown(std::string code, const std::string& text) {
        ended_.how = Ended::How::unknown;
        ended_.cls = domain::Class::provider;
        ended_.code = std::move(code);
        ended_.text = "the request left and no answer came: " + text;
        finish_on_worker();
    }

    void end_not_sent(std::string code, std::string text, Millis retry_after,
                      domain::Class cls = domain::Class::provider) {
        // An earlier copy of this request may have arrived, whatever keeps this one back.
        if (repeats_ > 0) return end_unknown(std::move(code), text);
        ended_.how = Ended::How::not_sent;
        ended_.cls = cls;
        ended_.code = std::move(code);
        ended_.text = std::move(text);
        ended_.retry_after = retry_after;
        finish_on_worker();
    }

    void end_untried(std::string text, Millis retry_after) {
        ended_.untried = true;
        end_not_sent("limit", std::move(text), retry_after, domain::Class::throttled);
    }

    void end(Ended::How how) {
        ended_.how = how;
        tell();
    }

    void finish_on_worker() {
        workers_.post([self = shared_from_this()] { self->tell(); });
    }

    void tell() {
        if (const auto done = std::exchange(done_, nullptr)) done(std::move(ended_));
    }

    const std::shared_ptr<const Parts> kept_;  // a run may outlive its exchange
    const Parts& parts_;
    MailFiles& files_;
    Call call_;
    std::function<void(Ended)> done_;  // null once it was called
    Pool& workers_;
    const std::string breaker_key_;
    const bool person_;
    const std::shared_ptr<Credential> credential_;  // null: none is needed
    const std::string first_step_, first_memo_;
    std::string given_;                       // the credential that the provider saw, or that is missing
    bool fetched_ = false, renewed_ = false;  // for want of one, because it was refused
    int turns_ = 0, repeats_ = 0;
    bool judging_ = false;  // an answer came, and the next turn says whether it was trouble
    bool answered_ = false;
    bool handed_over_ = false;  // a request is the client's, which has not answered yet
    Effect effect_;
    MailWish mail_;                                  // of effect mail/1
    std::string limit_;                              // that the effect draws on
    std::shared_ptr<store::IncomingBlob> incoming_;  // where the reply under way goes
    std::optional<plugin::Reply> reply_;
    Ended ended_;
};

void Exchange::run(Call call, std::function<void(Ended)> done) {
    std::make_shared<Run>(parts_, files_, std::move(call), std::move(done))->start();
}

void Exchange::run_here(Call call, std::function<void(Ended)> done) {
    std::make_shared<Run>(parts_, files_, std::move(call), std::move(done))->turn();
}

void Exchange::run_all(std::vector<Job> jobs) {
    std::map<Pool*, std::vector<Pool::Work>> work;
    for (Job& job : jobs) {
        Pool& workers = pool_for(*parts_, job.call);
        auto run = std::make_shared<Run>(parts_, files_, std::move(job.call), std::move(job.done));
        work[&workers].emplace_back([run] { run->turn(); });
    }
    for (auto& [workers, pieces] : work) workers->post_all(std::move(pieces));
}

}  // namespace dakiya::send
