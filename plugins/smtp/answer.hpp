// What a mail server's answer means for the message (RFC 5321 4.2, RFC 3463).
#ifndef DAKIYA_SMTP_ANSWER_HPP
#define DAKIYA_SMTP_ANSWER_HPP

#include <string>
#include <string_view>

#include "account.hpp"
#include "dakiya/provider.hpp"

namespace smtp {

// stage: of the effect mail/1, or "report" for a delivery report. code 0: not told. enhanced: "5.1.1" or "".
dakiya::Error classify(std::string_view stage, int code, std::string_view enhanced, std::string_view text);

// The turn after a send. `id` is what the mail is called from now on.
dakiya::Next read_answer(const dakiya::Reply& reply, const std::string& id);

// The turn after a check: one "account" record in plain words.
dakiya::Next read_check(const Account& account, const dakiya::Reply& reply);

}  // namespace smtp

#endif
