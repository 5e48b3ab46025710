// Answers that every contract has.
#pragma once

#include "http.hpp"

#include "dakiya/json.hpp"

namespace sim {

inline Reply json(const dakiya::Json& body, int status = 200) { return {status, body.dump()}; }

// The connection is closed instead.
inline Reply no_answer() {
    Reply reply;
    reply.cut = true;
    return reply;
}

}  // namespace sim
