#include "domain/person_state.hpp"

namespace dakiya::domain {

namespace {

int rank(State state) {
    switch (state) {
        case State::read:
            return 8;
        case State::delivered:
            return 7;
        case State::sent:
            return 6;
        case State::uncertain:
            return 5;
        case State::sending:
            return 4;
        case State::queued:
            return 3;
        case State::failed:
            return 2;
        case State::cancelled:
            return 1;
        case State::skipped:
        case State::received:  // nobody's fate
            break;
    }
    return 0;
}

}  // namespace

bool outdoes(State one, State other) { return rank(one) > rank(other); }

}  // namespace dakiya::domain
