#include "tree/accounts.hpp"
