#include "kaleyra_payloads.hpp"

#include "files.hpp"
#include "role.hpp"

namespace sim {

using dakiya::Json;

Reply kaleyra_error(int status, std::string_view field, std::string_view words) {
    Json error = Json::object();
    error.set(field, words);
    return {status, Json{{"id", ""}, {"data", Json::array()}, {"error", std::move(error)}}.dump()};
}

Post kaleyra_report(const Ledger& ledger, const Event& event, const std::string& profile_url,
                    std::string_view word, std::string_view trace, const std::string& time) {
    const Entry& entry = ledger[event.n];
    const std::string_view callback = ledger.callback(entry);
    return json_post(callback.empty() ? profile_url : std::string(callback),
                     Json{{"message_id", ledger.id(event.n)},
                          {"recipient", plain_digits(entry)},
                          {"status", word},
                          {"status_trace", trace},
                          {"ref", ledger.ref(entry)},
                          {"timestamp", time}}
                         .dump());
}

std::string kaleyra_whatsapp_body(const Inbound& inbound, const std::string& file,
                                  const std::string& number) {
    const bool tap = !inbound.button_payload.empty();
    const std::string type = !file.empty() ? kind_of_file(inbound.file_type) : tap ? "button" : "text";
    return R"({"body":")" + inbound.text + R"(","mime_type":")" + inbound.file_type + R"(","media_url":")" +
           file + R"(","from":")" + inbound.from + R"(","name":")" + inbound.name + R"(","type":")" + type +
           R"(","created_at":")" + std::to_string(inbound.at / 1000) + R"(","reply_to":")" +
           inbound.reply_to + R"(","wanumber":")" + number + R"(","mobile":"","custom_response":")" +
           inbound.button_payload + R"(","message":"","contacts":"","location":""})";
}

}  // namespace sim
