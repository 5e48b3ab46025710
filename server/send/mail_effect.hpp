// The effect mail/1 (sdk/schema/effect/mail.schema.json): what a plugin asks for as a request of the mail
// client, and what came of it as a plugin sees it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/mail.hpp"
#include "plugin/provider.hpp"

namespace dakiya::send {

struct MailWish {
    net::MailRequest request;  // its message has an empty piece where a file belongs
    struct File {
        std::size_t piece;  // of request.message
        std::string url;
    };
    std::vector<File> files;
    std::string limit;
};

// Code::invalid names what is wrong with the JSON.
Result<MailWish> read_mail(const std::string& json);

// status is the SMTP code (0: no answer), the body its text; the headers "stage" and "enhanced" say the rest.
plugin::Reply mail_reply(net::MailReply reply);

// The word that the ABI has for "no reply came" (sdk/include/dakiya/abi.h, dk_reply.error).
std::string_view abi_word(net::Transport transport);

// A file's server said no: status is HTTP's, stage is "attachment".
plugin::Reply file_reply(int status, const std::string& url);

}  // namespace dakiya::send
