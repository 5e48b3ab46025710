#include "legacy/account.hpp"

namespace messagebird::legacy {

using namespace dakiya;

Account::Account(const Settings& settings)
    : key(settings.text("access_key", "")),
      signing_key(settings.text("signing_key", "")),
      originator(settings.text("originator", "")),
      whatsapp_channel(settings.text("whatsapp_channel_id", "")),
      waba_id(settings.text("waba_id", "")),
      name_space(settings.text("whatsapp_namespace", "")),
      conversations(settings.flag("whatsapp_sandbox") ? "https://whatsapp-sandbox.messagebird.com/v1"
                                                      : "https://conversations.messagebird.com/v1"),
      is_test_key(key.rfind("test_", 0) == 0) {
    if (key.empty())
        throw Fault(DK_BAD_INPUT, "MessageBird needs the connection code (access key): fill it in");
}

Http Account::authorised(Http http) const {
    return http.secret_header("authorization", "AccessKey " + key).limit("manage");
}

}  // namespace messagebird::legacy
