#include "store/inbound_ids.hpp"

#include <string>

namespace dakiya::store::inbound_ids {

bool insert(Session& session, Id connection, std::string_view provider_id, Id message) {
    return session.execute(insert_ignore(session.dialect()) +
                               " inbound_ids (connection_id, provider_id, message_id) VALUES (?,?,?)",
                           {connection, std::string(provider_id), message}) == 1;
}

}  // namespace dakiya::store::inbound_ids
