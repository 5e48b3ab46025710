// An effect's request as it goes out, and what came of it as a plugin sees it.
#pragma once

#include <string>

#include "net/http.hpp"
#include "net/mail.hpp"
#include "plugin/provider.hpp"

namespace dakiya::send {

// Without its files (send/blobs), its lane and its deadline.
net::Request to_request(plugin::HttpRequest http);

// What came of an effect, whichever way it went out.
struct Answer {
    net::Transport transport;
    bool left;             // something may have arrived
    bool untried;          // only because it did not get its turn in time
    std::string text;      // why transport is not ok
    plugin::Reply seen;    // as the plugin gets it
    bool in_file = false;  // its body went to the file that was asked for
};

Answer to_answer(net::Reply reply);
Answer to_answer(net::MailReply reply);

}  // namespace dakiya::send
