#include "store/inbound_ids.hpp"

#include <string>

#include "store/sql.hpp"

namespace dakiya::store::inbound_ids {

bool insert(Session& session, Id connection, std::string_view provider_id, Id message) {
    return session.execute("INSERT INTO inbound_ids (connection_id, provider_id, message_id) VALUES (?,?,?)" +
                               unless_there(session.dialect(), "message_id"),
                           {connection, std::string(provider_id), message}) == 1;
}

}  // namespace dakiya::store::inbound_ids
