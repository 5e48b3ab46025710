// People who sign in: they ask for a one-time password, again when it does not come, and type what they got,
// or something else.
#pragma once

#include <string>
#include <vector>

#include "base/id.hpp"
#include "domain/otp.hpp"

namespace dakiya::simulate {

class Node;
class World;

inline constexpr domain::OtpLimits code_limits{1, 4, 0, 0};

class Codes {
public:
    explicit Codes(World& world) : world_(world) {}

    // Perhaps somebody asks this node for a code, or tells it one.
    void act(Node& node);
    // In the end: nobody got more codes than they may, and none is to be read in the store.
    void check();

private:
    struct Wish {
        Id id = 0;         // of the password
        Id message = 0;    // the one with its newest code
        bool sure = true;  // nobody failed to hear which code is the newest
        bool verified = false;
    };
    void want(Node& node);
    void want_again(Node& node, Wish& wish);
    void type(Node& node, Wish& wish);
    std::string code_of(Id message) const;  // as the person got it, or empty

    World& world_;
    int asked_ = 0;
    std::vector<Wish> wishes_;
};

}  // namespace dakiya::simulate
