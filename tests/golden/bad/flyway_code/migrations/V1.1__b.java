class V1_1__b {}
