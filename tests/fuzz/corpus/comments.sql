/* a /* b */ ; */ select 1 -- c;
+/* d */2;
