#include "check.hpp"

#include <string>
#include <string_view>

#include "dakiya/verdict.hpp"
#include "dakiya/waba.hpp"

namespace sleekflow {

using namespace dakiya;

namespace {

const std::string channels_path = "/api/conversation/channel";

Http ask_templates(const Account& account) {
    if (account.number.empty())
        throw Fault(DK_BAD_INPUT, "SleekFlow lists templates by number: fill in the WhatsApp sender number");
    Http http = account.get("/api/cloudapi/template");
    http.query("channelNumber", account.number);
    return http;
}

// Tries the next region that is not the one of the settings; the memo counts.
Next try_region(const Account& account, std::size_t index, const std::string& first_problem) {
    while (index < regions.size() && regions[index].host == account.host) ++index;
    if (index == regions.size())
        return verdict(false, first_problem + " No other region accepts the connection code either.");
    return account.get_at(regions[index].host, channels_path)
        .then("region", Json{{"index", index}, {"problem", first_problem}}.dump());
}

Next read_region(const Account& account, const Turn& turn) {
    const Json memo = Json::parse(turn.memo());
    const auto index = static_cast<std::size_t>(memo.at("index").integer());
    if (!turn.reply()->ok()) return try_region(account, index + 1, memo.at("problem"));
    const Region& found = regions.at(index);
    return verdict(false, "The connection code belongs to another server region: choose " +
                              std::string(found.name) + " (" + std::string(found.host) + ").");
}

Next read_number(const Account& account, const Reply& reply) {
    if (!reply.ok())
        return verdict(false, "SleekFlow accepts the connection code, but not the WhatsApp sender number " +
                                  account.number + ": take it from Channels > WhatsApp. " +
                                  account.explain(reply));
    std::size_t approved = 0, all = 0;
    for (const Json& listed : reply.json().at("whatsappTemplates").items()) {
        ++all;
        if (waba::lower(listed.value("status", "")) == "approved") ++approved;
    }
    return verdict(true, "Everything works: messages can be sent. " + std::to_string(approved) + " of " +
                             std::to_string(all) + " templates are approved.");
}

// The arrays' names are not certain: every list of objects with a number in them counts. Instagram and the
// like have none.
void add_senders(Next& next, const Json& list) {
    for (const Json& channel : list) {
        std::string number;
        for (const char* name : {"whatsAppSender", "whatsappPhoneNumber", "channelIdentityId", "phoneNumber"})
            if (number.empty() && (channel[name].is_string() || channel[name].is_integer()))
                number = phone_of(channel[name].scalar());
        if (number.empty()) continue;
        Json sender{{"id", number}};
        for (const char* name : {"name", "channelName"})
            if (!sender.contains("name") && channel[name].is_string()) sender.set("name", channel[name]);
        next.record("sender", sender);
    }
}

}  // namespace

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return account.get(channels_path).then("channels");
    if (turn.step() == "region") return read_region(account, turn);
    if (turn.step() == "number") return read_number(account, *reply);
    if (reply->status() == 401 || reply->status() == 404)  // what a wrong region answers
        return try_region(account, 0, account.explain(*reply));
    if (!reply->ok()) return verdict(false, account.explain(*reply));
    if (!reply->json().is_object())
        return verdict(false, "SleekFlow's answer cannot be read: try again later.");
    if (!account.number.empty()) return ask_templates(account).then("number");
    return verdict(
        true, "SleekFlow accepts the connection code. Fill in the WhatsApp sender number to use templates.");
}

Next list_senders(const Account& account, const Turn& turn) {
    if (!turn.reply()) return account.get(channels_path);
    if (!turn.reply()->ok()) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
    const Json& body = turn.reply()->json();
    Next next = Next::done();
    if (body.is_array()) {
        add_senders(next, body);
        return next;
    }
    for (const Json::Member& member : body.members()) add_senders(next, member.second);
    return next;
}

// One page: no paging is known.
Next list_templates(const Account& account, const Turn& turn) {
    if (!turn.reply()) return ask_templates(account);
    if (!turn.reply()->ok()) throw Fault(DK_BAD_REPLY, account.explain(*turn.reply()));
    Next next = Next::done();
    for (const Json& listed : turn.reply()->json().at("whatsappTemplates").items())
        next.record("template", waba::read_template(listed));
    return next;
}

}  // namespace sleekflow
