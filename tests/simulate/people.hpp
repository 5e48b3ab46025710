// The people around the server: they start campaigns, pause, resume, cancel and retry them, change their
// pace, and write STOP. What they asked for is held against every request that begins afterwards.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.hpp"

namespace dakiya::simulate {

class Node;
class World;

class People {
public:
    explicit People(World& world) : world_(world) {}

    // Contacts and campaigns, before anything runs.
    void prepare();
    // Perhaps somebody does something, on one of these nodes.
    void act(Node& node);
    // Whatever is paused goes on, and the connection is in order again.
    void resume_all(Node& node);

    // The first byte of a message leaves: what is wrong with that, or empty.
    std::string objection(Id message, const std::string& address) const;

    // Of these, the first plan().campaigns are to everybody; the others retry those who failed.
    const std::vector<Id>& campaigns() const { return campaigns_; }
    bool to_everybody(Id campaign) const;
    std::string some_address();

private:
    void make_campaigns();
    void retry_failed(Node& node);
    void pause(Node& node);
    void cancel(Node& node);
    void change_pace(Node& node);
    void stop(Node& node);
    void write_single(Node& node);
    Id some_campaign();

    World& world_;
    std::vector<Id> campaigns_;
    int singles_written_ = 0, retries_ = 0;
    // Of a campaign that must not go on, and of an address that must not be written to: messages that were
    // marked before, which may still leave (World::may_leave).
    std::map<Id, std::set<Id>> closed_;
    std::map<std::string, std::set<Id>> stopped_;
};

}  // namespace dakiya::simulate
