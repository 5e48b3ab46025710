#include "net/http.hpp"

namespace dakiya::net {

std::string_view to_string(Transport transport) {
    switch (transport) {
        case Transport::ok: return "ok";
        case Transport::refused: return "refused";
        case Transport::connect: return "connect";
        case Transport::tls: return "tls";
        case Transport::timeout: return "timeout";
        case Transport::closed: return "closed";
        case Transport::too_large: return "too_large";
    }
    return "unknown";
}

}  // namespace dakiya::net
