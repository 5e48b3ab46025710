#include "crm/account.hpp"

#include "common.hpp"

namespace messagebird::crm {

using namespace dakiya;

namespace {

constexpr std::string_view base = "https://api.bird.com/workspaces/";

std::string needed(const Settings& settings, const char* key, const char* name) {
    const auto value = settings.optional(key);
    if (!value) throw Fault(DK_BAD_INPUT, std::string("Bird CRM needs the ") + name + ": fill it in");
    return *value;
}

}  // namespace

Account::Account(const Settings& settings)
    : key(needed(settings, "access_key", "connection code (access key)")),
      signing_key(settings.text("signing_key", "")),
      workspace(needed(settings, "workspace_id", "workspace ID")),
      organization(settings.text("organization_id", "")),
      sms_channel(settings.text("sms_channel_id", "")),
      whatsapp_channel(settings.text("whatsapp_channel_id", "")),
      template_projects(settings.list("template_projects")) {}

Http Account::authorised(Http http) const {
    return http.secret_header("authorization", "AccessKey " + key).limit("manage");
}

Http Account::get(std::string_view path) const {
    return authorised(Http::get(std::string(base) + workspace + std::string(path)));
}

Http Account::post(std::string_view path) const {
    return authorised(Http::post(std::string(base) + workspace + std::string(path)));
}

const std::string& Account::channel(std::string_view name) const {
    if (name != "sms" && name != "whatsapp")
        throw Refused("Bird CRM has no channel \"" + std::string(name) + "\" here", "config");
    const std::string& id = name == "sms" ? sms_channel : whatsapp_channel;
    if (id.empty())
        throw Refused(
            name == "sms" ? "fill in the ID of the SMS channel" : "fill in the ID of the WhatsApp channel",
            "config");
    return id;
}

}  // namespace messagebird::crm
