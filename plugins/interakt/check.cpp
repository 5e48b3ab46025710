#include "check.hpp"

#include "dakiya/verdict.hpp"
#include "templates.hpp"

namespace interakt {

using namespace dakiya;

Next check(const Account& account, const Turn& turn) {
    const Reply* reply = turn.reply();
    if (!reply) return ask_templates(account, "APPROVED", 0);
    if (is_refusal(*reply)) return verdict(false, account.explain(*reply));
    const bool any = !reply->json().at("results").at("templates").empty();
    return verdict(
        true, any ? "Interakt accepts the connection code and has approved templates. Whether reports come "
                    "shows with the first message: see the webhook in Developer Settings."
                  : "Interakt accepts the connection code. No template is approved yet, so only people who "
                    "wrote within 24 hours can be answered.");
}

}  // namespace interakt
