select "a""b;", U&"c", `d``e`, [f;g];
