select ?1, :a, @b, $c::d(;), #e, $1;
