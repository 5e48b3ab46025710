// One request on its way through the client: first in a pool's queue, then on a connection.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "net/http.hpp"
#include "net/request_body.hpp"
#include "net/timers.hpp"

namespace dakiya::net {

class Connection;

struct Exchange {
    std::string text;                   // the whole request as it goes out, or its beginning
    std::unique_ptr<RequestBody> rest;  // what follows when files are in it
    std::string reply_file;
    bool head_only = false;
    std::size_t max_reply = 0;
    Lane lane = Lane::single;
    std::optional<Steady> not_after;
    Done done;
    std::optional<Timers::Handle> deadline;
    Connection* on = nullptr;             // null while it waits
    std::list<Exchange>::iterator place;  // of this exchange, in whichever list it is
};

// Exchanges move between lists without being copied, so a timer may keep a pointer to one.
using Exchanges = std::list<Exchange>;

}  // namespace dakiya::net
