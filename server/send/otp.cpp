#include "send/otp.hpp"

#include <algorithm>

#include "security/token.hpp"

namespace dakiya::send {

namespace {

using domain::OtpState;
using store::Otp;
using store::OtpMode;

Error unknown() { return {Code::not_found, "there is no such one-time password", "otp"}; }

Error closed(OtpState state) {
    return {Code::conflict,
            "this one-time password is " + std::string(domain::to_string(state)) + "; start a new one", ""};
}

// With the state that it has at this moment.
void settle(Otp& otp, std::int64_t now_ms) {
    const OtpState state = domain::otp_state(otp.state, otp.expires_at, otp.attempts, now_ms);
    if (state != otp.state) otp.ended_at = std::min(now_ms, otp.expires_at);
    otp.state = state;
}

void end(Otp& otp, OtpState state, std::int64_t now_ms, std::string text = {}) {
    otp.state = state;
    otp.ended_at = now_ms;
    otp.text = std::move(text);
}

// One more code is on its way.
void count_send(Otp& otp, std::int64_t now_ms) {
    ++otp.sends;
    otp.sent_at = now_ms;
    otp.expires_at = now_ms + otp.expiry_s * 1'000;
}

std::string stored_steps(const std::vector<domain::Step>& steps) { return domain::to_json(steps).dump(); }

// Which step sends the next code: the one of that channel, or the next one; the last one is repeated.
Result<std::size_t> next_step(const std::vector<domain::Step>& steps, int used, const std::string& channel) {
    if (channel.empty()) return std::min(static_cast<std::size_t>(used) + 1, steps.size() - 1);
    const auto found = std::find_if(steps.begin(), steps.end(),
                                    [&](const domain::Step& step) { return step.channel == channel; });
    if (found == steps.end())
        return invalid("channel", "none of its steps is on the channel \"" + channel + "\"");
    return static_cast<std::size_t>(found - steps.begin());
}

}  // namespace

Result<std::string> Otps::hash_of(const Otp& otp, const std::string& code) {
    return parts_.vault.mac(otp.tenant, "otp", format_id(prefix::otp, otp.id) + " " + code);
}

std::optional<domain::OtpWait> Otps::wait_of(store::Session& session, const Otp& otp) const {
    return domain::otp_wait(
        parts_.limits,
        store::otps::sends(session, store::Scope{otp.tenant}, otp.address, otp.client, parts_.limits),
        parts_.clock.now_ms());
}

Result<OtpSent> Otps::start(store::Scope scope, const OtpRequest& request) {
    const domain::Step& step = request.steps.front();
    Otp otp;
    otp.id = parts_.ids.next();
    otp.tenant = scope.tenant;
    otp.mode = request.native ? OtpMode::native : OtpMode::host;
    otp.address = request.address;
    otp.client = request.client;
    otp.connection = step.connection;
    otp.channel = step.channel;
    otp.length = request.length;
    otp.expiry_s = request.expiry_s;
    otp.created_at = parts_.clock.now_ms();
    if (!request.native) {
        otp.steps = stored_steps(request.steps);
        if (otp.steps.size() > domain::most_route_bytes)
            return Error{Code::too_large, "the contents together have more than 60,000 bytes as JSON",
                         "fallback"};
        return send_own(scope, std::move(otp), step, true);
    }
    Json input{{"address", otp.address},
               {"ref", format_id(prefix::otp, otp.id)},
               {"channel", otp.channel},
               {"length", otp.length},
               {"expiry_s", otp.expiry_s}};
    if (!request.template_name.empty()) input.set("template", request.template_name);
    return send_native(scope, std::move(otp), input, true);
}

Result<OtpSent> Otps::resend(store::Scope scope, Id id, const std::string& channel) {
    auto known = find(scope, id);
    if (!known) return known.error();
    Otp& otp = *known;
    if (otp.state != OtpState::pending) return closed(otp.state);
    if (otp.mode == OtpMode::native) {
        Json input{{"id", otp.provider_id}, {"address", otp.address}};
        if (!channel.empty()) input.set("channel", channel);
        return send_native(scope, std::move(otp), input, false);
    }
    const auto steps = domain::parse_steps(Json::parse(otp.steps), "steps");
    if (!steps) return steps.error();
    const auto next = next_step(*steps, otp.step, channel);
    if (!next) return next.error();
    const domain::Step& step = (*steps)[*next];
    otp.step = static_cast<int>(*next);
    otp.connection = step.connection;
    otp.channel = step.channel;
    return send_own(scope, std::move(otp), step, false);
}

// The limits, the row and the message are one transaction.
Result<OtpSent> Otps::send_own(store::Scope scope, Otp otp, const domain::Step& step, bool first) {
    const std::string code = security::random_digits(otp.length);
    auto hash = hash_of(otp, code);
    if (!hash) return hash.error();
    otp.hash = *std::move(hash);
    const std::int64_t now = parts_.clock.now_ms();
    count_send(otp, now);

    MessageRequest message;
    message.connection = step.connection;
    message.channel = step.channel;
    message.to = otp.address;
    message.content = step.content;
    message.expires_at = otp.expires_at;
    message.lane = store::Lane::otp;
    message.secrets = Json{{"code", code}};

    OtpSent sent;
    std::optional<OtpState> over;
    Along along;
    along.before = [&](store::Session& session) {
        over.reset();
        sent = {otp, wait_of(session, otp)};
        if (!first) {
            auto row = store::otps::find_locked(session, scope, otp.id);
            if (row) settle(*row, now);
            if (!row || row->state != OtpState::pending) over = row ? row->state : OtpState::cancelled;
            if (row) sent.otp.attempts = row->attempts;
        }
        if (sent.wait || over) return false;
        store::otps::note_send(session, scope, otp.address, otp.client, now);
        return true;
    };
    along.after = [&](store::Session& session, const store::MessageView& view) {
        sent.otp.message = view.message.id;
        if (view.state == domain::State::skipped)
            end(sent.otp, OtpState::failed, now, "its message was skipped: " + view.message.reason);
        if (first)
            store::otps::create(session, sent.otp);
        else
            store::otps::update(session, sent.otp);
    };
    const auto view = parts_.service.send_message(scope, message, along);
    if (sent.wait) return sent;
    if (over) return closed(*over);
    if (!view) return view.error();
    return sent;
}

// The row is there before the provider is asked: what it did is then never unknown to us.
Result<OtpSent> Otps::send_native(store::Scope scope, Otp otp, const Json& input, bool first) {
    const std::int64_t now = parts_.clock.now_ms();
    const int sends = otp.sends;
    count_send(otp, now);
    OtpSent sent;
    std::optional<OtpState> over;
    parts_.writer.run([&](store::Session& session) {
        over.reset();
        sent = {otp, wait_of(session, otp)};
        if (sent.wait) return;
        if (!first) {
            auto row = store::otps::find_locked(session, scope, otp.id);
            if (row) settle(*row, now);
            if (!row || row->state != OtpState::pending || row->sends != sends) {
                over = row ? row->state : OtpState::cancelled;
                return;
            }
            sent.otp.attempts = row->attempts;
        }
        store::otps::note_send(session, scope, otp.address, otp.client, now);
        if (first)
            store::otps::create(session, sent.otp);
        else
            store::otps::update(session, sent.otp);
    });
    if (sent.wait) return sent;
    if (over == OtpState::pending) return Error{Code::conflict, "a code is being sent again already", ""};
    if (over) return closed(*over);

    const auto records =
        parts_.service.ask(scope, otp.connection, {first ? "otp.send" : "otp.resend", input, net::Lane::otp});
    const Json* said = records ? record_of(*records, "otp") : nullptr;
    const Json error = said ? (*said)["error"] : Json();
    parts_.writer.run([&](store::Session& session) {
        auto row = store::otps::find_locked(session, scope, otp.id);
        if (!row) return;
        if (said && !(*said)["id"].is_null()) row->provider_id = (*said)["id"].scalar();
        if (error.is_object())
            end(*row, OtpState::failed, now, error.value("text", error.value("class", "")));
        else if (!records && records.error().code != Code::provider_refused)
            end(*row, OtpState::failed, now, records.error().text);
        else if (!records)
            row->text = records.error().text;  // it may be on its way all the same
        store::otps::update(session, *row);
        sent.otp = *row;
    });
    return sent;
}

Result<OtpTried> Otps::verify(store::Scope scope, Id id, const std::string& code) {
    auto known = find(scope, id);
    if (!known) return known.error();
    const auto hash = hash_of(*known, code);
    if (!hash) return hash.error();
    const std::int64_t now = parts_.clock.now_ms();
    OtpTried tried;
    bool counted = false;
    parts_.writer.run([&](store::Session& session) {
        tried = {*store::otps::find_locked(session, scope, id), false};
        settle(tried.otp, now);
        counted = tried.otp.state == OtpState::pending;
        if (counted) {
            ++tried.otp.attempts;
            if (tried.otp.mode == OtpMode::host) {
                tried.verified = security::equal_secrets(*hash, tried.otp.hash);
                const OtpState next = domain::after_attempt(tried.verified, tried.otp.attempts);
                if (next != OtpState::pending)
                    end(tried.otp, next, now, tried.verified ? "" : "too many wrong codes");
            }
        }
        store::otps::update(session, tried.otp);
    });
    if (counted && tried.otp.mode == OtpMode::native) return verify_native(scope, std::move(tried.otp), code);
    return tried;
}

Result<OtpTried> Otps::verify_native(store::Scope scope, Otp otp, const std::string& code) {
    const auto records = parts_.service.ask(
        scope, otp.connection,
        {"otp.verify", Json{{"id", otp.provider_id}, {"address", otp.address}, {"code", code}},
         net::Lane::otp});
    const Json* said = records ? record_of(*records, "otp") : nullptr;
    const std::int64_t now = parts_.clock.now_ms();
    OtpTried tried;
    parts_.writer.run([&](store::Session& session) {
        tried = {otp, false};
        auto row = store::otps::find_locked(session, scope, otp.id);
        if (!row || row->state != OtpState::pending) {
            if (row) tried.otp = *row;
            return;
        }
        if (records) {
            tried.verified = said && said->value("verified", false);
            const OtpState next = domain::after_attempt(tried.verified, row->attempts);
            if (next != OtpState::pending) end(*row, next, now, tried.verified ? "" : "too many wrong codes");
        } else if (records.error().code == Code::unavailable) {
            --row->attempts;  // nobody looked at the code
        }
        store::otps::update(session, *row);
        tried.otp = *row;
    });
    if (!records) return records.error();
    return tried;
}

Result<Otp> Otps::cancel(store::Scope scope, Id id) {
    const std::int64_t now = parts_.clock.now_ms();
    std::optional<Otp> row;
    OtpState before = OtpState::pending;
    parts_.writer.run([&](store::Session& session) {
        row = store::otps::find_locked(session, scope, id);
        if (!row) return;
        settle(*row, now);
        before = row->state;
        if (before == OtpState::pending) end(*row, OtpState::cancelled, now);
        store::otps::update(session, *row);
    });
    if (!row) return unknown();
    if (before != OtpState::pending) return closed(before);
    return *std::move(row);
}

Result<Otp> Otps::find(store::Scope scope, Id id) {
    auto row = parts_.db.read([&](store::Session& session) { return store::otps::find(session, scope, id); });
    if (!row) return unknown();
    settle(*row, parts_.clock.now_ms());
    return *std::move(row);
}

}  // namespace dakiya::send
