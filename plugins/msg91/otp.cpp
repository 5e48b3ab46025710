#include "otp.hpp"

#include "answer.hpp"
#include "dakiya/text.hpp"

namespace msg91 {

using dakiya::Error;
using dakiya::Fault;
using dakiya::Form;
using dakiya::Http;
using dakiya::Json;
using dakiya::lower;
using dakiya::Next;
using dakiya::Reply;
using dakiya::Turn;

namespace {

constexpr std::int64_t default_length = 4, longest = 9;  // digits; the shortest is in the input's schema
constexpr std::int64_t default_expiry_s = 600, minute_s = 60;  // MSG91's own default differs by account

Next refused(const Error& error) { return Next::done().record("otp", {{"error", error.json()}}); }

std::string number_of(const Json& input) {
    const auto digits = digits_of(input.value("address", ""));
    if (!digits) throw Fault(DK_BAD_INPUT, "MSG91 needs the number (\"address\") that the code belongs to");
    return *digits;
}

// The id of the request; the older form has it in "message".
std::string id_of(const Json& body) {
    const Json& id = body.contains("request_id") ? body["request_id"] : body["message"];
    return id.scalar();
}

Error error_after(const Turn& turn) {
    const Reply& reply = *turn.reply();
    if (reply.status() == 0) return {"provider", "", explain(reply)};
    return error_of(reply, turn.now());
}

}  // namespace

Next send_code(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (const Reply* reply = turn.reply()) {
        if (!succeeded(*reply)) return refused(error_after(turn));
        return Next::done().record("otp", {{"id", id_of(reply->json())}});
    }
    const std::string number = number_of(in), own = in.value("template", "");
    const std::string& id = own.empty() ? account.otp_template : own;
    if (id.empty())
        return refused({"config", "no_template",
                        "this connection has no template for one-time codes: enter it in the settings"});
    if (const std::string channel = in.value("channel", "sms"); channel != "sms")
        return refused({"config", "no_channel", "MSG91 sends its one-time codes by SMS, not by " + channel});
    const std::int64_t length = in.value("length", default_length);
    if (length > longest) return refused({"content", "length", "MSG91 makes codes of at most 9 digits"});
    const std::int64_t expiry_s = in.value("expiry_s", default_expiry_s);
    Http http = account.post("/otp");
    http.query("template_id", id)
        .query("mobile", number)
        .query("otp_length", std::to_string(length))
        .query("otp_expiry", std::to_string((expiry_s + minute_s - 1) / minute_s));
    if (!account.sender.empty()) http.query("sender", account.sender);
    return http;
}

Next verify_code(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (const Reply* reply = turn.reply()) {
        // "Mobile no. already verified" comes as a success as well: an answer to a code used twice. Only
        // these words count.
        const bool verified = succeeded(*reply) && reply->json()["message"] == Json("OTP verified success");
        Json otp{{"verified", verified}};
        if (!verified) {
            Error error = error_after(turn);
            const std::string text = lower(error.text);
            for (const char* wrong : {"not match", "invalid otp", "expired", "already verified", "not found"})
                if (text.find(wrong) != text.npos) error.cls = "content";
            otp.set("error", error.json());
        }
        return Next::done().record("otp", otp);
    }
    Http http = account.post("/otp/verify");
    http.form(Form{{"mobile", number_of(in)}, {"otp", in.at("code").text()}}).secret_body();
    return http;
}

Next resend_code(const Account& account, const Turn& turn) {
    const Json& in = turn.input();
    if (const Reply* reply = turn.reply()) {
        if (!succeeded(*reply)) return refused(error_after(turn));
        return Next::done().record("otp", {{"id", in.value("id", "")}});
    }
    // Without a type the older API calls the person.
    const char* type = in.value("channel", "sms") == "voice" ? "voice" : "text";
    Http http = account.post("/otp/retry");
    http.form(Form{{"mobile", number_of(in)}, {"retrytype", type}});
    return http;
}

}  // namespace msg91
