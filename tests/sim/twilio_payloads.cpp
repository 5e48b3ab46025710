// Source: twilio.com/docs/usage/webhooks/webhooks-security (signature),
// /docs/messaging/guides/webhook-request and /docs/messaging/guides/track-outbound-message-status (fields).
#include "twilio_payloads.hpp"

#include "files.hpp"

#include <map>
#include <set>

namespace sim {
namespace {

std::string without_fragment(std::string_view url) { return std::string(url.substr(0, url.find('#'))); }

Post signed_post(const TwilioConfig& config, std::string_view url, const Form& form) {
    Post post;
    post.url = without_fragment(url);
    post.content_type = "application/x-www-form-urlencoded; charset=UTF-8";
    post.body = encode_form(form);
    post.headers = "X-Twilio-Signature: " + twilio_signature(config.auth_token, post.url, form) + "\r\n";
    return post;
}

std::string address(const std::string& number, bool whatsapp) {
    return whatsapp ? "whatsapp:" + number : number;
}

std::string masked(std::string number) { return number.replace(number.size() - 4, 4, "XXXX"); }

}  // namespace

std::string twilio_signature(std::string_view auth_token, std::string_view url, const Form& form) {
    std::map<std::string_view, std::set<std::string_view>> sorted;
    for (const auto& [key, value] : form) sorted[key].insert(value);
    std::string text(url);
    for (const auto& [key, values] : sorted)
        for (const std::string_view value : values) text.append(key).append(value);
    return base64(hmac_sha1(auth_token, text));
}

Post twilio_status(const TwilioConfig& config, const Ledger& ledger, Event event) {
    const Entry& entry = ledger[event.n];
    const std::string sid = ledger.id(event.n);
    const std::string word = event.status == Status::failed ? "undelivered" : name_of(event.status);
    const std::string number = '+' + std::to_string(entry.to);
    const std::string_view sender = ledger.name(entry.sender);
    Form form{{"AccountSid", config.account_sid},
              {"ApiVersion", "2010-04-01"},
              {"MessageSid", sid},
              {"MessageStatus", word},
              {"SmsSid", sid},
              {"SmsStatus", word},
              {"To", address(number, entry.whatsapp)}};
    if (sender.starts_with("MG")) form.emplace_back("MessagingServiceSid", sender);
    form.emplace_back("From", sender.starts_with("MG")
                                  ? address(config.senders.empty() ? "" : config.senders[0], entry.whatsapp)
                                  : std::string(sender));
    if (entry.whatsapp) {
        form.emplace_back("ChannelPrefix", "whatsapp");
        form.emplace_back("ChannelToAddress", masked(number));
        form.emplace_back("ChannelInstallSid", "XE00000000000000000000000000000001");
        form.emplace_back("StructuredMessage", "false");
        if (event.status == Status::delivered) form.emplace_back("EventType", "DELIVERED");
        if (event.status == Status::read) form.emplace_back("EventType", "READ");
    } else if (event.status == Status::delivered) {
        form.emplace_back("RawDlrDoneDate", "2611201003");
    }
    if (event.status == Status::failed) form.emplace_back("ErrorCode", std::to_string(entry.timeline.code));
    return signed_post(config, ledger.callback(entry), form);
}

std::string twilio_media_sid(const std::string& file) {
    return "ME" + std::string(32 - file.size(), '0') + file;
}

Post twilio_inbound(const TwilioConfig& config, const Inbound& inbound) {
    const std::string business = config.senders.empty() ? "" : config.senders[0];
    Form form{{"MessageSid", inbound.id},
              {"SmsSid", inbound.id},
              {"SmsMessageSid", inbound.id},
              {"AccountSid", config.account_sid},
              {"From", address('+' + inbound.from, inbound.whatsapp)},
              {"To", address(business, inbound.whatsapp)},
              {"Body", inbound.text},
              {"NumMedia", inbound.file.empty() ? "0" : "1"},
              {"NumSegments", "1"},
              {"SmsStatus", "received"},
              {"ApiVersion", "2010-04-01"}};
    if (inbound.whatsapp) {
        form.emplace_back("ProfileName", inbound.name);
        form.emplace_back("WaId", inbound.from);
        form.emplace_back("ReferralNumMedia", "0");
        form.emplace_back("MessageType", !inbound.file.empty()            ? kind_of_file(inbound.file_type)
                                         : inbound.button_payload.empty() ? "text"
                                                                          : "interactive");
    } else {
        form.emplace_back("FromCity", "");  // empty values are part of the signature
    }
    if (!inbound.file.empty()) {
        form.emplace_back("MediaContentType0", inbound.file_type);
        form.emplace_back("MediaUrl0", "https://api.twilio.com/2010-04-01/Accounts/" + config.account_sid +
                                           "/Messages/" + inbound.id + "/Media/" +
                                           twilio_media_sid(inbound.file));
    }
    if (!inbound.button_payload.empty()) {
        form.emplace_back("ButtonText", inbound.text);
        form.emplace_back("ButtonPayload", inbound.button_payload);
    }
    if (!inbound.reply_to.empty()) form.emplace_back("OriginalRepliedMessageSid", inbound.reply_to);
    return signed_post(config, config.inbound_url, form);
}

}  // namespace sim
