#include "codes.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "ask.hpp"
#include "domain/message.hpp"
#include "send/otp.hpp"
#include "world.hpp"

namespace dakiya::simulate {

namespace {

constexpr store::Scope scope{World::tenant};
constexpr std::string_view before_code = "Your code is ";

std::string name(Id password) { return format_id(prefix::otp, password); }

// Surely another one.
std::string wrong(std::string code) {
    std::transform(code.begin(), code.end(), code.begin(),
                   [](char c) { return static_cast<char>(c == '9' ? '0' : c + 1); });
    return code;
}

}  // namespace

void Codes::act(Node& node) {
    Chance& chance = world_.chance();
    if (asked_ < world_.plan().passwords && chance.one_in(15)) return want(node);
    if (wishes_.empty() || !chance.one_in(5)) return;
    Wish& wish = wishes_[chance.below(wishes_.size())];
    chance.one_in(4) ? want_again(node, wish) : type(node, wish);
}

void Codes::want(Node& node) {
    ++asked_;
    send::OtpRequest request;
    request.address = world_.people().some_address();
    domain::Step step;
    step.connection = World::connection;
    step.channel = "sms";
    step.content.kind = "text";
    step.content.text = std::string(before_code) + "{{code}}";
    request.steps = {step};
    std::optional<send::OtpSent> sent;
    ask(node, [&] {
        auto answer = node.passwords().start(scope, request);
        if (answer && !answer->wait) sent = *std::move(answer);
        return true;
    });
    if (!sent) return;
    wishes_.push_back({sent->otp.id, sent->otp.message});
    world_.note(fmt::format("{} wants {}", request.address, name(sent->otp.id)));
}

void Codes::want_again(Node& node, Wish& wish) {
    bool heard = false;
    ask(node, [&] {
        const auto answer = node.passwords().resend(scope, wish.id, "");
        heard = true;
        if (answer && !answer->wait) wish.message = answer->otp.message;
        return true;
    });
    wish.sure = wish.sure && heard;
}

void Codes::type(Node& node, Wish& wish) {
    const std::string code = code_of(wish.message);
    if (code.empty()) return;
    const bool right = !world_.chance().one_in(4);
    std::optional<send::OtpTried> tried;
    ask(node, [&] {
        const auto answer = node.passwords().verify(scope, wish.id, right ? code : wrong(code));
        if (answer) tried = *answer;
        return true;
    });
    if (!tried) return;
    world_.note(fmt::format("{} is tried with a {} code: {}", name(wish.id), right ? "right" : "wrong",
                            to_string(tried->otp.state)));
    if (tried->verified && !right && wish.sure)
        world_.find("only the right code", name(wish.id) + " was opened with another one");
    if (tried->verified && std::exchange(wish.verified, true))
        world_.find("a code counts once", name(wish.id) + " was opened twice");
    if (right && wish.sure && !tried->verified && tried->otp.state == domain::OtpState::pending)
        world_.find("the right code is right", name(wish.id) + " was not opened with the code that was sent");
}

std::string Codes::code_of(Id message) const {
    const auto& ledger = world_.provider().ledger();
    const auto entry = ledger.find(format_id(prefix::message, message));
    if (entry == ledger.end() || !entry->second.text.starts_with(before_code)) return {};
    return entry->second.text.substr(before_code.size());
}

void Codes::check() {
    std::map<std::string, int> sent;
    for (const auto& row :
         world_.observer().query("SELECT id, address, params FROM messages WHERE origin = ?",
                                 {static_cast<std::int64_t>(domain::Origin::otp)})) {
        const std::string code = code_of(row.integer(0));
        if (!code.empty() && row.text(2).find(code) != std::string::npos)
            world_.find("nobody can read a code",
                        format_id(prefix::message, row.integer(0)) + " shows its own");
        if (!code.empty() && ++sent[row.text(1)] > code_limits.per_number)
            world_.find("never more codes than a number may get",
                        fmt::format("{} got {} within an hour", row.text(1), sent[row.text(1)]));
    }
}

}  // namespace dakiya::simulate
