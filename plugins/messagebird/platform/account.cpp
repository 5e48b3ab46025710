#include "platform/account.hpp"

namespace messagebird::platform {

using namespace dakiya;

namespace {

// "bk_us1_…" belongs to us1; another region answers 421.
std::string region_of(const std::string& key) {
    const std::size_t end = key.find('_', 3);
    const std::string region = end == std::string::npos ? "" : key.substr(3, end - 3);
    const bool named = key.rfind("bk_", 0) == 0 && region.size() >= 3 && region.size() <= 8 &&
                       region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == region.npos;
    if (!named)
        throw Fault(
            DK_BAD_INPUT,
            "the API key of the Bird Platform begins with bk_ and its region, for example bk_eu1_: copy it "
            "again, or choose another kind of account");
    return region;
}

}  // namespace

Account::Account(const Settings& settings)
    : key(settings.text("api_key", "")),
      webhook_secret(settings.text("webhook_secret", "")),
      from_sms(settings.text("from_sms", "")),
      from_whatsapp(settings.text("from_whatsapp", "")),
      category(settings.text("sms_category", "marketing")),
      whatsapp_templates(settings.list("whatsapp_templates")),
      base("https://" + region_of(key) + ".platform.bird.com") {}

Http Account::get(std::string_view path) const {
    Http http = Http::get(base + std::string(path));
    return http.bearer(key).limit("manage");
}

Http Account::post(std::string_view path) const {
    Http http = Http::post(base + std::string(path));
    return http.bearer(key).limit("manage");
}

}  // namespace messagebird::platform
