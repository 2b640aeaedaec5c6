<?php
require_once __DIR__ . '/Product.php';
class Basket
{
    private string $parts = __DIR__ . '/../../templates';
    public function show(): void
    {
        include $this->parts . '/basket.php';
    }
}
