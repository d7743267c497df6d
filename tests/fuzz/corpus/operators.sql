select a <= -1, b ->> 'c', d::int, e := f, 1+-+2 @- 3, g=>h;
