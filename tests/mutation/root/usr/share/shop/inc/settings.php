<?php
const CURRENCY = "EUR";
@include __DIR__ . "/settings-local.php";
