select a$b, _c, größe from t;
